import HTTPHandling
import HTTPTypes

/// A format of bodies (RFC 9110, 8.3), without its parameters.
enum MediaType: String, Sendable {
    case json = "application/json"
    case ndjson = "application/x-ndjson"
    case csv = "text/csv"

    /// The value of `Content-Type` in answers.
    var contentType: String { self == .csv ? "text/csv; charset=utf-8" : rawValue }

    /// The format of a request's body.
    ///
    /// - Parameters:
    ///   - accepted: The formats that the resource takes.
    ///   - standard: What a body without `Content-Type` is taken for; nil refuses it.
    /// - Throws: 415 for any other format or charset. Content codings are the server's matter.
    static func ofBody(
        _ request: ServerRequest, accepted: [MediaType], standard: MediaType?
    ) throws(HTTPProblem) -> MediaType {
        var list: String { accepted.map(\.rawValue).joined(separator: ", ") }
        guard let value = request.fields[.contentType] else {
            if let standard { return standard }
            throw .api(.unsupportedMediaType, detail: "Say the body's format: Content-Type: \(list).")
        }
        // As nearly everybody writes it.
        if let type = MediaType(rawValue: value), accepted.contains(type) { return type }
        let parts = value.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
        let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }?.dropFirst(8)
        guard let type = MediaType(rawValue: parts[0]), accepted.contains(type),
            charset.map({ ["utf-8", "\"utf-8\"", "us-ascii"].contains($0) }) ?? true
        else {
            throw .api(
                .unsupportedMediaType,
                detail: "Content-Type is “\(value)”, expected one of \(list), in UTF-8.")
        }
        return type
    }

    /// The format of the answer that a client likes best (RFC 9110, 12.5.1); of equals the first offered.
    ///
    /// - Throws: 406 where it accepts none of them.
    static func ofAnswer(_ request: ServerRequest, offered: [MediaType]) throws(HTTPProblem) -> MediaType {
        let ranges = request.fields[values: .accept].flatMap { $0.split(separator: ",") }.compactMap(
            AcceptRange.init)
        guard !ranges.isEmpty, var best = offered.first else { return offered.first ?? .json }
        var bestQuality = 0
        for type in offered {
            let quality = AcceptRange.quality(of: type, in: ranges)
            if quality > bestQuality { (best, bestQuality) = (type, quality) }
        }
        guard bestQuality > 0 else {
            let list = offered.map(\.rawValue).joined(separator: ", ")
            throw .api(.notAcceptable, detail: "This resource has the formats \(list).")
        }
        return best
    }

    fileprivate static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
            .lowercased()
    }
}

/// One entry of `Accept`.
private struct AcceptRange {
    let type: String
    /// From 0 to 1000.
    var quality = 1000

    init?(_ text: Substring) {
        let parts = text.split(separator: ";").map(MediaType.trimmed)
        guard let type = parts.first, !type.isEmpty else { return nil }
        self.type = type
        for part in parts.dropFirst() where part.hasPrefix("q=") {
            guard let value = Double(part.dropFirst(2)), (0...1).contains(value) else { continue }
            quality = Int(value * 1000)
        }
    }

    /// The quality of the most precise range that a format lies in.
    static func quality(of format: MediaType, in ranges: [AcceptRange]) -> Int {
        let group = format.rawValue.prefix { $0 != "/" } + "/*"
        for name in [format.rawValue, String(group), "*/*"] {
            if let range = ranges.first(where: { $0.type == name }) { return range.quality }
        }
        return 0
    }
}
