import Foundation

/// Seconds over contacts, both on logarithmic scales, where work that grows with the contacts is a straight line that
/// rises by one decade a decade; beside each last point the peak memory.
struct GrowthChart {
    private struct Point { let contacts: Int; let measured: Measurement }

    private var lines: [(name: String, points: [Point])] = []
    private static let colors = ["#1b6ca8", "#c2410c", "#15803d", "#7e22ce", "#525252"]
    private static let frame = (left: 60.0, top: 30.0, width: 460.0, height: 360.0)

    mutating func add(_ name: String, contacts: Int, _ measured: Measurement) {
        let index = lines.firstIndex { $0.name == name } ?? lines.count
        if index == lines.count { lines.append((name, [])) }
        lines[index].points.append(Point(contacts: contacts, measured: measured))
    }

    /// The chart as an SVG document.
    var svg: String {
        let all = lines.flatMap(\.points)
        let x = Scale(all.map { Double($0.contacts) }, from: Self.frame.left, length: Self.frame.width)
        let y = Scale(
            all.map(\.measured.seconds), from: Self.frame.top + Self.frame.height, length: -Self.frame.height)
        var body = grid(x, y)
        // Names stand below each other where lines end close together.
        var free = Double.infinity
        let ends = lines.enumerated().sorted {
            ($0.element.points.last?.measured.seconds ?? 0) < ($1.element.points.last?.measured.seconds ?? 0)
        }
        for (index, line) in ends {
            guard let last = line.points.last else { continue }
            let color = Self.colors[index % Self.colors.count]
            let places = line.points.map { (x[Double($0.contacts)], y[$0.measured.seconds]) }
            let path = places.map { String(format: "%.1f,%.1f", $0.0, $0.1) }.joined(separator: " ")
            body += "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\"/>\n"
            for place in places {
                body += String(
                    format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%@\"/>\n", place.0, place.1,
                    color as NSString)
            }
            let height = min(y[last.measured.seconds] + 4, free)
            free = height - 16
            body += String(
                format: "<text x=\"%.1f\" y=\"%.1f\" fill=\"%@\">%@: %.1f s, %.0f MiB</text>\n",
                x[Double(last.contacts)] + 10, height, color as NSString, line.name as NSString,
                last.measured.seconds, last.measured.peakMiB)
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 440" font-family="sans-serif" font-size="12">
            <rect width="800" height="440" fill="#ffffff"/>
            \(body)<text x="\(Self.frame.left)" y="18" fill="#404040">seconds</text>
            <text x="\(Self.frame.left + Self.frame.width / 2)" y="428" fill="#404040">contacts</text>
            </svg>

            """
    }

    private func grid(_ x: Scale, _ y: Scale) -> String {
        var body = ""
        let (right, bottom) = (Self.frame.left + Self.frame.width, Self.frame.top + Self.frame.height)
        for value in x.decades {
            body += String(
                format: "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>\n",
                x[value],
                Self.frame.top, x[value], bottom)
            body += String(
                format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" fill=\"#404040\">%@</text>\n",
                x[value],
                bottom + 18, Int(value).formatted(.number.locale(Locale(identifier: "en_US"))) as NSString)
        }
        for value in y.decades {
            body += String(
                format: "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>\n",
                Self.frame.left, y[value], right, y[value])
            body += String(
                format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\" fill=\"#404040\">%g</text>\n",
                Self.frame.left - 8, y[value] + 4, value)
        }
        return body
    }

    /// A logarithmic scale over whole decades.
    private struct Scale {
        let decades: [Double]
        private let first: Double
        private let from: Double
        private let decadeLength: Double

        init(_ values: [Double], from: Double, length: Double) {
            let low = Int(log10(values.min() ?? 1).rounded(.down))
            let high = max(low + 1, Int(log10(values.max() ?? 1).rounded(.up)))
            decades = (low...high).map { pow(10, Double($0)) }
            first = Double(low)
            self.from = from
            decadeLength = length / Double(high - low)
        }

        subscript(value: Double) -> Double { from + (log10(value) - first) * decadeLength }
    }
}
