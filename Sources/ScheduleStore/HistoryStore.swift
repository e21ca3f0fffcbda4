public import SchedulingCore

/// The dates before which history goes; nil where it stays for ever.
public struct HistoryCutoffs: Hashable, Sendable {
    /// Of entries of the audit log, and of campaigns' change logs.
    public var audit: CivilDate?
    /// Of runs.
    public var runs: CivilDate?
    /// Of imports with the rows that they refused.
    public var imports: CivilDate?
    /// Of what happened to emails: clicks, answers, delivery events, claims and reports of senders.
    public var events: CivilDate?

    /// Nothing goes.
    public init() {}
}

/// History that no rule needs any more. The rules of `OrganizationStore` hold.
public protocol HistoryStore: Sendable {
    /// Removes some of what is older than the cutoffs, in one short transaction, and answers of requests that have
    /// expired. What a rule or another record may still need stays, however old: emails, the newest plan and runs
    /// behind it, runs that an email names. While a run goes on nothing is removed.
    ///
    /// - Parameter limit: Rows of a table that are removed at most.
    /// - Returns: How many rows of history were removed, by table; where there are any, there may be more.
    func removeHistory(before cutoffs: HistoryCutoffs, limit: Int, now: String) async throws -> [String: Int]
}
