/// Refuses texts in which aliases stand for collections used as keys, before the parser compares such keys:
/// comparing them would follow every alias again and again. Such a text is no configuration.
enum AliasCheck {
    /// Aliases that a file may have.
    static let maximumAliases = 1_000

    /// Throws where a file has aliases and a key that is not a plain name.
    static func check(_ text: String) throws(YAMLDocument.Problem) {
        var aliases = 0
        var complexKey: YAMLValue.Mark?
        for (index, line) in text.utf8.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            var scan = LineScan(Array(line))
            scan.run()
            aliases += scan.aliases
            if let column = scan.complexKey, complexKey == nil {
                complexKey = YAMLValue.Mark(line: index + 1, column: column + 1)
            }
        }
        if aliases > maximumAliases {
            throw YAMLDocument.Problem(found: "\(aliases) aliases", expected: "at most \(maximumAliases)")
        }
        guard aliases > 0, let complexKey else { return }
        throw YAMLDocument.Problem(
            mark: complexKey, found: "a key that is an alias or a collection", expected: "a name as the key")
    }

    /// Counts what looks like an alias in one line, and finds what looks like a key that is no name. Quotes and
    /// comments are not told apart, since they could hide either: a file that has aliases may not have the like
    /// of `]:` in them.
    private struct LineScan {
        let line: [UInt8]
        var aliases = 0
        var complexKey: Int?

        init(_ line: [UInt8]) { self.line = line }

        mutating func run() {
            for (position, byte) in line.enumerated() {
                let isTokenStart = position == 0 || " \t,[]{}:-?".utf8.contains(line[position - 1])
                switch byte {
                case UInt8(ascii: "*") where isTokenStart:
                    let length = line.dropFirst(position + 1).prefix { LineScan.isNameByte($0) }.count
                    if length > 0 { aliases += 1 }
                    noteKey(at: position, end: position + 1 + length)
                case UInt8(ascii: "?") where isTokenStart: complexKey = complexKey ?? position
                case UInt8(ascii: "]"), UInt8(ascii: "}"): noteKey(at: position, end: position + 1)
                default: break
                }
            }
        }

        /// Notes something that is no name and has a colon behind it.
        private mutating func noteKey(at position: Int, end: Int) {
            let rest = line.dropFirst(end).drop { $0 == UInt8(ascii: " ") || $0 == 9 }
            if rest.first == UInt8(ascii: ":") { complexKey = complexKey ?? position }
        }

        private static func isNameByte(_ byte: UInt8) -> Bool {
            let letter = byte | 0x20
            return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z"))
                || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
    }
}
