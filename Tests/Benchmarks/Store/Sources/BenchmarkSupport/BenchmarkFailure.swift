/// Why a benchmark cannot go on.
public struct BenchmarkFailure: Error, CustomStringConvertible {
    /// The reason, for people.
    public let description: String

    /// A failure for a reason.
    public init(_ description: String) { self.description = description }
}
