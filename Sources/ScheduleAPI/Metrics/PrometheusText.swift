import HTTPHandling

/// Prometheus' text exposition format, version 0.0.4.
package enum PrometheusText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The text of families; those without samples are left out.
    package static func write(_ families: [MetricFamily]) -> [UInt8] {
        var text: [UInt8] = []
        for family in families where !family.samples.isEmpty {
            text.append(contentsOf: "# HELP \(family.name) \(escaped(family.help, quotes: false))\n".utf8)
            text.append(contentsOf: "# TYPE \(family.name) \(family.kind.rawValue)\n".utf8)
            for sample in family.samples {
                text.append(contentsOf: "\(family.name)\(sample.suffix)".utf8)
                if !sample.labels.isEmpty {
                    let labels = sample.labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
                    text.append(contentsOf: "{\(labels.joined(separator: ","))}".utf8)
                }
                text.append(contentsOf: " \(number(sample.value))\n".utf8)
            }
        }
        return text
    }

    /// A number as the format has it.
    package static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
