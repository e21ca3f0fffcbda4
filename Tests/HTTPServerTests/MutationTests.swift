import HTTPHandling
import HTTPServer
import HTTPWire
import Testing

@Suite("Mutated requests")
struct MutationTests {
    private static let seeds = Conformance.cases.map { $0.bytes.unicodeScalars.map { UInt8($0.value) } }
    private static let tokens = [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ";", ",", "0", "f", "\r\n\r\n", "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n", "GET / HTTP/1.1\r\n", "0\r\n\r\n", "%2e",
        "Expect: 100-continue\r\n",
    ].map { Array($0.utf8) }

    @Test("never trap, and come to the same however their bytes are split")
    func mutations() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(state: seed)
        let end = ContinuousClock.now + .seconds(3)
        var count = 0
        while ContinuousClock.now < end {
            let bytes = Self.mutated(&random)
            let whole = Conversation.entries([bytes[...]])
            let split = Conversation.entries(Self.pieces(bytes, &random))
            #expect(whole == split, "seed \(seed), mutation \(count), \(bytes)")
            guard whole == split else { return }
            count += 1
        }
    }

    @Test("and sound ones come to the same byte by byte, cut anywhere, and cut off anywhere")
    func everyCut() {
        for bytes in Self.seeds where bytes.count < 400 {
            let whole = Conversation.entries([bytes[...]])
            #expect(Conversation.entries(bytes.indices.map { bytes[$0...$0] }) == whole)
            for cut in bytes.indices {
                #expect(Conversation.entries([bytes[..<cut], bytes[cut...]]) == whole)
                let prefix = Conversation.entries([bytes[..<cut]])
                #expect(whole.starts(with: prefix), "\(String(decoding: bytes, as: UTF8.self)) cut at \(cut)")
            }
        }
    }

    private static func mutated(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes = seeds.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let range = place..<min(place + Int.random(in: 0...12, using: &random), bytes.count)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
            case 1: bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: place)
            case 2: bytes.removeSubrange(range)
            case 3: bytes.insert(contentsOf: bytes[range], at: place)
            default: bytes.replaceSubrange(range, with: seeds.randomElement(using: &random) ?? [])
            }
        }
        return bytes
    }

    private static func pieces(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = min(Int.random(in: 1...30, using: &random), rest.count)
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}

/// A small repeatable generator.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
