extension QueryItem {
    /// Decodes a form body: items at `&`, plus signs are spaces, empty items are skipped.
    /// - Throws: 400 for a malformed escape, NUL, or bytes that are not UTF-8.
    public static func parse(form: [UInt8]) throws(HTTPProblem) -> [QueryItem] {
        try parse(form.span, 0..<form.count)
    }

    /// Decodes the items in a range of bytes.
    package static func parse(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPProblem) -> [QueryItem] {
        var items: [QueryItem] = []
        var start = range.lowerBound
        var equals: Int?
        for index in range.lowerBound...range.upperBound {
            guard index == range.upperBound || bytes[index] == 0x26 else {
                if equals == nil, bytes[index] == 0x3D { equals = index }
                continue
            }
            if index > start {
                let name = try PercentCoding.decode(
                    bytes.extracting(start..<(equals ?? index)), plusIsSpace: true)
                let value =
                    if let equals {
                        try PercentCoding.decode(bytes.extracting(equals + 1..<index), plusIsSpace: true)
                    } else { "" }
                items.append(QueryItem(name: name, value: value))
            }
            start = index + 1
            equals = nil
        }
        return items
    }
}

/// Percent-encoding (RFC 3986, 2.1).
package enum PercentCoding {
    /// Decodes once (RFC 3986, 2.4).
    /// - Throws: 400 for an escape without two hexadecimal digits, NUL, or a result that is not UTF-8.
    package static func decode(_ bytes: Span<UInt8>, plusIsSpace: Bool) throws(HTTPProblem) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            var byte = bytes[index]
            index += 1
            if byte == 0x25 {
                guard index + 1 < bytes.count, let high = bytes[index].hexDigitValue,
                    let low = bytes[index + 1].hexDigitValue
                else { throw .badRequest("A malformed percent escape.") }
                byte = high << 4 | low
                index += 2
            } else if byte == 0x2B, plusIsSpace {
                byte = 0x20
            }
            guard byte != 0 else { throw .badRequest("An encoded NUL.") }
            out.append(byte)
        }
        guard let text = String(validating: out, as: UTF8.self) else {
            throw .badRequest("An escape that is not UTF-8.")
        }
        return text
    }
}
