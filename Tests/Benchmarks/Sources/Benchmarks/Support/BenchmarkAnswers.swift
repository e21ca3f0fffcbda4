/// What both servers answer, byte for byte.
enum BenchmarkAnswers {
    /// 13 bytes of text.
    static let plaintext = Array("Hello, world!".utf8)
    /// 1 KiB of JSON.
    static let json = Array(("{\"text\":\"" + String(repeating: "x", count: 1_013) + "\"}").utf8)
    /// 100 KiB.
    static let large = [UInt8](repeating: 0x61, count: 102_400)
}
