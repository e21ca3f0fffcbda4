/// What `Accept-Encoding` says of gzip and of bodies as they are (RFC 9110, 12.5.3).
struct CodingPreference {
    /// Whether gzip is acceptable and liked no less than no coding.
    private(set) var prefersGzip = false
    /// Whether a body must not go as it is.
    private(set) var refusesIdentity = false

    init(_ values: [String]) {
        guard !values.isEmpty else { return }
        var qualities: [Substring: Int] = [:]
        for element in values.joined(separator: ",").lowercased().split(separator: ",") {
            let parts = element.filter { $0 != " " && $0 != "\t" }.split(separator: ";")
            guard let name = parts.first, parts.count <= 2,
                let quality = Self.quality(parts.dropFirst().first)
            else { continue }
            qualities[name[...] == "x-gzip" ? "gzip" : name] = quality
        }
        let gzip = qualities["gzip"] ?? qualities["*"] ?? 0
        let identity = qualities["identity"] ?? (qualities["*"] == 0 ? 0 : nil)
        refusesIdentity = identity == 0
        prefersGzip = gzip > 0 && gzip >= identity ?? 0
    }

    /// `q=` from 0 to 1 with up to three decimals, in thousandths; nil for what is none.
    private static func quality(_ text: Substring?) -> Int? {
        guard let text else { return 1_000 }
        guard text.hasPrefix("q="), let value = Double(text.dropFirst(2)), (0...1).contains(value) else {
            return nil
        }
        return Int(value * 1_000)
    }
}
