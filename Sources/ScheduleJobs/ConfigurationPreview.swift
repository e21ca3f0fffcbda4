import Dispatch
import Logging
public import ScheduleStore
public import SchedulingCore
import Synchronization

/// What a full run with some configuration would change now, found out without writing anything.
public struct ConfigurationPreview: Sendable {
    /// Changes of rows, each counted once.
    public struct Counts: Hashable, Sendable {
        /// Rows that are not there now, skipped or not.
        public var added = 0
        /// Rows that go.
        public var removed = 0
        /// Rows that stay planned, on another date.
        public var moved = 0
        /// Rows that are planned now and would be skipped.
        public var skipped = 0
        /// Rows that are skipped now and would be planned.
        public var unskipped = 0
        /// Rows with other values, such as template or priority.
        public var changed = 0

        /// None.
        public init() {}
    }

    /// A row as it stands, or would stand.
    public struct Row: Hashable, Sendable {
        /// Column `scheduled_send_date`.
        public var date: CivilDate?
        /// Column `skip_reason`; nil for a planned row.
        public var skipReason: String?
        /// Whether it is skipped.
        public var isSkipped: Bool
    }

    /// A change, as an example.
    public struct Sample: Hashable, Sendable {
        /// What kind of change, as `Counts` names them.
        public var change: String
        /// The contact.
        public var contactID: Int64
        /// Its state; nil where it has none.
        public var state: String?
        /// Column `email_type`.
        public var emailType: String
        /// The row as it stands; nil for one that is added.
        public var before: Row?
        /// The row as it would stand; nil for one that is removed.
        public var after: Row?
    }

    /// Samples of each kind of change.
    public static let samplesOfKind = 10

    /// The date it is for.
    public var today: CivilDate
    /// All changes.
    public var total = Counts()
    /// By email type.
    public var byType: [String: Counts] = [:]
    /// By state of the contact; empty for none.
    public var byState: [String: Counts] = [:]
    /// The first changes of each kind, in order of contacts.
    public var samples: [Sample] = []

    /// No change.
    init(today: CivilDate) { self.today = today }

    /// Takes the changes of a piece in.
    mutating func add(_ changes: [RowChange], of batch: ContactBatch, catalog: RunCatalog) {
        if changes.isEmpty { return }
        let rows = Dictionary(batch.rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let states = Dictionary(
            batch.contacts.map { ($0.id, $0.state) }, uniquingKeysWith: { first, _ in first })
        for change in changes {
            let (old, new): (StoredEmail?, PlannedEmail?)
            var isExpiry = false
            switch change {
            case .insert(let email): (old, new) = (nil, email)
            case .update(let id, let email): (old, new) = (rows[id], email)
            case .delete(let id): (old, new) = (rows[id], nil)
            case .expire(let id):
                (old, new) = (rows[id], nil)
                isExpiry = true
            case .target: continue
            }
            guard let contactID = new?.contactID ?? old?.contactID, let type = new?.type ?? old?.type else {
                continue
            }
            var after = new.map {
                Row(date: $0.date, skipReason: $0.skipReason?.rawValue, isSkipped: $0.skipReason != nil)
            }
            if isExpiry {
                after = Row(
                    date: old?.scheduledDate, skipReason: SkipReason.expired.rawValue, isSkipped: true)
            }
            note(
                Sample(
                    change: "", contactID: contactID,
                    state: (states[contactID] ?? nil).map { "\($0)" }, emailType: catalog.name(of: type),
                    before: old.map { Row($0) }, after: after))
        }
    }

    private mutating func note(_ sample: Sample) {
        let kind = ConfigurationPreview.kind(sample.before, sample.after)
        let number = total.count(kind)
        byType[sample.emailType, default: Counts()].count(kind)
        byState[sample.state ?? "", default: Counts()].count(kind)
        guard number <= ConfigurationPreview.samplesOfKind else { return }
        var sample = sample
        sample.change = kind.rawValue
        samples.append(sample)
    }

    private static func kind(_ before: Row?, _ after: Row?) -> Kind {
        guard let before else { return .added }
        guard let after else { return .removed }
        if after.isSkipped != before.isSkipped { return after.isSkipped ? .skipped : .unskipped }
        return !after.isSkipped && after.date != before.date ? .moved : .changed
    }

    /// The kinds of change.
    fileprivate enum Kind: String {
        case added, removed, moved, skipped, unskipped, changed
    }
}

extension ConfigurationPreview.Counts {
    /// Counts a change, and returns how many of its kind there are.
    @discardableResult
    fileprivate mutating func count(_ kind: ConfigurationPreview.Kind) -> Int {
        func next(_ count: inout Int) -> Int {
            count += 1
            return count
        }
        return switch kind {
        case .added: next(&added)
        case .removed: next(&removed)
        case .moved: next(&moved)
        case .skipped: next(&skipped)
        case .unskipped: next(&unskipped)
        case .changed: next(&changed)
        }
    }
}

extension ConfigurationPreview.Row {
    /// A row as it stands.
    fileprivate init(_ row: StoredEmail) {
        date = row.scheduledDate
        isSkipped = row.status == .skipped
        if case .known(let reason) = row.skipReason { skipReason = reason.rawValue }
    }
}

/// Makes previews on threads of their own, a few at a time and one of an organisation at most.
public final class ConfigurationPreviewer: Sendable {
    /// Why there is no preview now.
    public enum Refusal: Error, Sendable {
        /// One of the organisation is being made.
        case underWay
        /// As many as are allowed are being made.
        case busy
    }

    /// Previews that may be made at once, so that runs keep a processor.
    static let limit = 2

    private let queue = DispatchQueue(
        label: "preview", attributes: .concurrent, target: .global(qos: .utility))
    private let active = Mutex<Set<String>>([])

    /// Nothing is being made yet.
    public init() {}

    /// What a full run would change in an organisation's store.
    ///
    /// - Throws: `Refusal`; `StoreError`.
    public func preview(
        organizationID: String, store: any OrganizationStore, environment: RunEnvironment, today: CivilDate
    ) async throws -> ConfigurationPreview {
        try begin(organizationID)
        defer { active.withLock { _ = $0.remove(organizationID) } }
        return try await BlockingWork.run(on: queue) {
            try Self.decide(store, environment, today)
        }
    }

    private func begin(_ id: String) throws(Refusal) {
        let refusal = active.withLock { active -> Refusal? in
            if active.contains(id) { return .underWay }
            if active.count >= Self.limit { return .busy }
            active.insert(id)
            return nil
        }
        if let refusal { throw refusal }
    }

    private static func decide(
        _ store: any OrganizationStore, _ environment: RunEnvironment, _ today: CivilDate
    ) throws -> ConfigurationPreview {
        let catalog = RunCatalog(
            today: today, policy: environment.policy, facts: try store.runFacts(), zone: environment.zone)
        let reader = try store.makeRunReader()
        defer { reader.close() }
        let run = RunRecord(id: 0, request: RunRequest(kind: .full, today: today), createdAt: "")
        let writer = BatchWriter(
            writer: NoWriter(), run: run, catalog: catalog, now: { "" },
            logger: Logger(label: "preview", factory: { _ in SwiftLogNoOpLogHandler() }), retryPauses_ms: [])
        var passes = RunPasses(
            SchedulingRun(catalog: catalog, scope: .everything), id: run.id, from: RunPasses.Start(),
            reader: reader, writer: writer,
            selection: try ContactSelection(run.request, catalog: catalog, reader: reader),
            environment: environment)
        let preview = Mutex(ConfigurationPreview(today: today))
        passes.observer = { changes, batch in
            preview.withLock { $0.add(changes, of: batch, catalog: catalog) }
        }
        try passes.execute { _ in true }
        _ = writer.finish()
        return preview.withLock { $0 }
    }
}

/// Stores nothing.
private final class NoWriter: RunWriter {
    func begin(_ run: RunRecord, contactsDone: Int64, contactsTotal: Int64) {}
    func apply(
        _ parts: ArraySlice<ChangePart>, runID: Int64, catalog: RunCatalog, now: String
    ) -> ChangeCounts { ChangeCounts() }
    func save(_ checkpoint: RunCheckpoint) {}
    func loadCheckpoint(runID: Int64) -> RunCheckpoint? { nil }
    func giveUp(_ parts: ArraySlice<ChangePart>, runID: Int64, because failure: String) {}
    func loadFailures(runID: Int64) -> [String] { [] }
    func saveDayCounts(runID: Int64, _ counts: [DayCount]) {}
    func loadDayCounts() -> [DayCount] { [] }
}
