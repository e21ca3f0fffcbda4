import HTTPHandling

/// `uri-host [ ":" port ]` of RFC 9110, 7.2.
enum Authority {
    /// Returns the authority if it is well-formed and names a host (RFC 9110, 4.2.1: an empty one is refused).
    /// User information is refused too (RFC 9110, 4.2.4).
    static func validate(_ value: Span<UInt8>) throws(HTTPProblem) -> String {
        var index = 0
        if value.count > 0, value[0] == 0x5B {
            index = 1
            while index < value.count, isIPLiteral(value[index]) { index += 1 }
            guard index > 2, index < value.count, value[index] == 0x5D else { throw .badRequest(malformed) }
            index += 1
        } else {
            while index < value.count, value[index] != 0x3A {
                if value[index] == 0x25 {
                    guard index + 2 < value.count, value[index + 1].hexDigitValue != nil,
                        value[index + 2].hexDigitValue != nil
                    else { throw .badRequest(malformed) }
                    index += 3
                } else {
                    guard ASCII.isRegName(value[index]) else { throw .badRequest(malformed) }
                    index += 1
                }
            }
        }
        guard index > 0 else { throw .badRequest("An empty host.") }
        if index < value.count {
            guard value[index] == 0x3A else { throw .badRequest(malformed) }
            var port = 0
            for digit in index + 1..<value.count {
                guard ASCII.isDigit(value[digit]), port <= 65_535 else { throw .badRequest(malformed) }
                port = port * 10 + Int(value[digit] - 0x30)
            }
            guard port <= 65_535 else { throw .badRequest(malformed) }
        }
        guard let text = value.string(0..<value.count) else { throw .badRequest(malformed) }
        return text
    }

    private static let malformed = "A malformed host."

    /// What may stand between the brackets of an IP literal (RFC 3986, 3.2.2), zone identifiers excepted.
    private static func isIPLiteral(_ byte: UInt8) -> Bool {
        byte.hexDigitValue != nil || byte == 0x3A || byte == 0x2E
    }
}
