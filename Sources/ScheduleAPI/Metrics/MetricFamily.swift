/// A metric of one name, with its samples: what Prometheus calls a family.
public struct MetricFamily: Hashable, Sendable {
    /// What the numbers mean to a collector.
    public enum Kind: String, Sendable {
        /// Only grows, but for restarts.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts in buckets, with a sum.
        case histogram
    }

    /// A number of it.
    public struct Sample: Hashable, Sendable {
        /// What follows the family's name: `_bucket`, `_sum` or `_count` of a histogram, else nothing.
        public var suffix = ""
        /// Names and values that tell it from others.
        public var labels: [Label]
        /// The number.
        public var value: Double

        /// A number.
        public init(_ value: Double, labels: [Label] = [], suffix: String = "") {
            self.value = value
            self.labels = labels
            self.suffix = suffix
        }
    }

    /// A name and a value.
    public struct Label: Hashable, Sendable {
        /// Letters, digits and `_`.
        public var name: String
        /// Any text.
        public var value: String

        /// A label.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Letters, digits, `_` and `:`.
    public var name: String
    /// What it is, in a sentence.
    public var help: String
    /// What the numbers mean.
    public var kind: Kind
    /// The numbers.
    public var samples: [Sample]

    /// A family.
    public init(_ name: String, _ kind: Kind, help: String, _ samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// A gauge with one number.
    static func gauge(_ name: String, _ help: String, _ value: some BinaryInteger) -> MetricFamily {
        MetricFamily(name, .gauge, help: help, [Sample(Double(value))])
    }
}
