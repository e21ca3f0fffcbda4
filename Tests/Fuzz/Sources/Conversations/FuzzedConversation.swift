/// libFuzzer's entry: the first byte says how the others are split; both ways must come to the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: data, count: count))
    guard let first = bytes.first else { return 0 }
    let rest = bytes.dropFirst()
    let size = Int(first % 32) + 1
    let pieces = stride(from: 1, to: count, by: size).map { rest[$0..<min($0 + size, count)] }
    precondition(Conversation.entries([rest]) == Conversation.entries(pieces))
    return 0
}
