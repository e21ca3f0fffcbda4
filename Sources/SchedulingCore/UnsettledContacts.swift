/// The contacts that a run could not finish in its first pass: their ids while they are few, else just that
/// they are many, so that memory stays small.
public struct UnsettledContacts: Sendable {
    /// Their ids in order; nil where they are so many that reading every contact again is cheaper.
    public private(set) var ids: [Int64]? = []
    private let maximum: Int

    init(totalContacts: Int) {
        maximum = max(10_000, totalContacts / 8)
    }

    /// For a run that is taken up again, and does not know who they are.
    mutating func insertEverybody() { ids = nil }

    mutating func insert(_ id: Int64) {
        if let count = ids?.count, count >= maximum {
            ids = nil
        } else {
            ids?.append(id)
        }
    }

    /// Whether every contact was finished.
    public var isEmpty: Bool { ids?.isEmpty ?? false }
}
