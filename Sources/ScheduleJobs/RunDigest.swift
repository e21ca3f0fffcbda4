import Foundation
public import ScheduleStore

/// What dashboards show of a run: its record, and of its report the few numbers that are needed. Reading those takes a
/// fraction of a millisecond, whatever else the report holds.
public struct RunDigest: Sendable {
    /// A pass of a run, and how long it took.
    public struct Phase: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// How long it took, in milliseconds.
        public let durationMs: Double
    }

    /// How long the batches of a run took to decide.
    public struct Batches: Hashable, Sendable, Decodable {
        /// How many there were.
        public let count: Int
        /// On average, in milliseconds; nil in reports of earlier versions.
        public let meanMs: Double?
        /// At most, in milliseconds.
        public let maxMs: Double
    }

    /// The run; its report may be left out.
    public let run: RunRecord
    /// Contacts that got a decision; nil where there is no report yet. So too for the others.
    public let contactsProcessed: Int?
    /// Rows added.
    public let inserted: Int?
    /// Rows rewritten in place.
    public let updated: Int?
    /// Rows removed.
    public let deleted: Int?
    /// Rows that stand as they were.
    public let unchanged: Int?
    /// Contacts without schedule, by the reason.
    public let invalid: [String: Int]
    /// Contacts whose own state is not that of their ZIP.
    public let stateZIPMismatches: Int
    /// The passes, in their order.
    public let phases: [Phase]
    /// The batches; nil where there is no report yet.
    public let batches: Batches?

    /// The digest of a run.
    public init(_ run: RunRecord) {
        self.run = run
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let report = run.report.flatMap { try? decoder.decode(Report.self, from: Data($0.utf8)) }
        contactsProcessed = report?.contactsProcessed
        inserted = report?.inserted
        updated = report?.updated
        deleted = report?.deleted
        unchanged = report?.unchanged
        invalid = report?.invalid ?? [:]
        stateZIPMismatches = report?.stateZipMismatches ?? 0
        batches = report?.batches
        let durations = report?.durationsMs ?? [:]
        phases = durations.map { Phase(name: $0.key, durationMs: $0.value) }.sorted {
            switch (RunPasses.Phase(rawValue: $0.name), RunPasses.Phase(rawValue: $1.name)) {
            case (let left?, let right?): left < right
            default: $0.name < $1.name
            }
        }
    }

    /// The members of a report that are read; the others are passed over.
    private struct Report: Decodable {
        let contactsProcessed: Int?
        let inserted: Int?
        let updated: Int?
        let deleted: Int?
        let unchanged: Int?
        let invalid: [String: Int]?
        let stateZipMismatches: Int?
        let durationsMs: [String: Double]?
        let batches: Batches?
    }
}
