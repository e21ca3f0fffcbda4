import HTTPHandling
import HTTPTypes

/// The entity tag of a numbered version (RFC 9110, 8.8.3).
enum EntityTag {
    /// The tag of a version.
    static func text(_ version: Int64) -> String { "\"\(version)\"" }

    /// The versions that `If-Match` allows; nil for any (RFC 9110, 13.1.1). A tag that is none of ours matches nothing.
    static func versions(ifMatch request: ServerRequest) -> [Int64]? {
        let values = request.fields[values: .ifMatch]
        guard !values.isEmpty else { return nil }
        let tags = values.joined(separator: ",").split(separator: ",").map { tag in
            String(tag.filter { $0 != " " && $0 != "\t" })
        }
        if tags == ["*"] { return nil }
        return tags.compactMap { tag in
            guard tag.count > 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return nil }
            return PathParameters.positiveInteger(String(tag.dropFirst().dropLast()))
        }
    }
}
