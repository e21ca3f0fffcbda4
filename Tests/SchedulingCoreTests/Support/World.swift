import SchedulingCore
import SeededRandomness
import Testing

/// An organisation in memory: what the store would hold, and the runs over it.
struct World {
    /// How the contacts pass by a run. The rows that come out must not depend on it.
    struct Reading {
        /// Contacts in a batch.
        var batchSize = 2
        /// Whether passes 2 and 3 see every contact again, or the unsettled ones only.
        var rereadsEveryone = false
        /// Shuffles the rows inside each contact, nil to leave them in order of id.
        var shuffleSeed: UInt64?
    }

    /// What a run did.
    struct Outcome {
        var changes: [RowChange] = []
        var report: RunReport
        var run: SchedulingRun

        /// Changes of schedule rows; those of `contact_campaigns` left out.
        var rowChanges: [RowChange] {
            changes.filter {
                if case .target = $0 { false } else { true }
            }
        }
    }

    var today: CivilDate
    var policy = SchedulingPolicy()
    /// What caps are reckoned from. So many that no cap bites, unless a test says otherwise.
    var totalContacts = 100_000
    var zone = ZoneOffsets()
    var campaignTypes: [CampaignType] = []
    var instances: [CampaignInstance] = []
    var contacts: [Contact] = []
    var rows: [Row] = []
    var targets: [CampaignTarget] = []
    var suppressions: [Suppression] = []
    var behaviours: [Behaviour] = []
    var reading = Reading()
    private var lastRowID: Int64 = 0

    /// An organisation without contacts. AEP is off, so that a test sees only the emails it is about.
    init(on today: CivilDate) {
        self.today = today
        policy.aep.dates = []
    }

    func catalog(replans: Bool = false) -> RunCatalog {
        RunCatalog(
            today: today, policy: policy,
            facts: .init(totalContacts: totalContacts, campaignTypes: campaignTypes, instances: instances),
            zone: zone, replans: replans)
    }

    /// A full run; its changes are in the tables afterwards, those of each batch before the next is read.
    @discardableResult
    mutating func run(replans: Bool = false) -> Outcome {
        let catalog = catalog(replans: replans)
        var run = SchedulingRun(catalog: catalog)
        var all: [RowChange] = []
        func take(_ changes: [RowChange], _ world: inout World) {
            world.apply(changes, catalog)
            all += changes
        }
        for ids in batches() {
            var changes: [RowChange] = []
            run.survey(batch(ids, catalog)) { changes.append($0) }
            take(changes, &self)
        }
        let unsettled = reading.rereadsEveryone ? nil : run.unsettled.ids.map(Set.init)
        for ids in batches() { run.weigh(batch(ids, only: unsettled, catalog)) }
        run.endWeighing()
        for ids in batches() {
            var changes: [RowChange] = []
            run.place(batch(ids, only: unsettled, catalog)) { changes.append($0) }
            take(changes, &self)
        }
        return Outcome(changes: all, report: run.report, run: run)
    }

    // MARK: Batches

    /// Ranges of ids that cover every id, each with up to `batchSize` contacts.
    private func batches() -> [ClosedRange<Int64>] {
        let ids = contacts.map(\.id).sorted()
        var ranges: [ClosedRange<Int64>] = []
        var first = Int64.min
        for position in stride(from: reading.batchSize, to: ids.count, by: reading.batchSize) {
            ranges.append(first...ids[position - 1])
            first = ids[position - 1] + 1
        }
        return ranges + [first...Int64.max]
    }

    func batch(
        _ ids: ClosedRange<Int64>, only wanted: Set<Int64>? = nil, _ catalog: RunCatalog
    ) -> ContactBatch {
        func isIn(_ id: Int64) -> Bool { ids.contains(id) && wanted?.contains(id) ?? true }
        var batch = ContactBatch()
        batch.contacts = contacts.filter { isIn($0.id) }.sorted { $0.id < $1.id }
        var inOrder = rows.filter { isIn($0.contactID) }
        if let seed = reading.shuffleSeed {
            var generator = SeededGenerator(seed: seed)
            inOrder.shuffle(using: &generator)
            inOrder = inOrder.enumerated().sorted {
                ($0.element.contactID, $0.offset) < ($1.element.contactID, $1.offset)
            }.map(\.element)
        } else {
            inOrder.sort { ($0.contactID, $0.id) < ($1.contactID, $1.id) }
        }
        batch.rows = inOrder.map { $0.stored(in: catalog) }
        batch.targets = targets.filter { isIn($0.contactID) }.sorted {
            ($0.contactID, $0.id) < ($1.contactID, $1.id)
        }
        batch.suppressions = suppressions.filter { isIn($0.contactID) }.sorted { $0.contactID < $1.contactID }
        batch.behaviours = behaviours.filter { isIn($0.contactID) }.sorted { $0.contactID < $1.contactID }
        return batch
    }

    // MARK: Changes

    mutating func apply(_ changes: [RowChange], _ catalog: RunCatalog) {
        guard !changes.isEmpty else { return }
        let positions = Dictionary(uniqueKeysWithValues: rows.indices.map { (rows[$0].id, $0) })
        /// A run must never name a committed row, or one that is gone.
        func position(_ id: Int64) -> Int? {
            guard let position = positions[id], !rows[position].isCommitted else {
                Issue.record("row \(id) is committed or gone")
                return nil
            }
            return position
        }
        var deleted: Set<Int64> = []
        for change in changes {
            switch change {
            case .delete(let id):
                if position(id) != nil { deleted.insert(id) }
            case .expire(let id):
                if let position = position(id) {
                    (rows[position].status, rows[position].skipReason) = ("skipped", "expired")
                }
            case .update(let id, let email):
                if let position = position(id) { rows[position] = Row(email, id: id, in: catalog) }
            case .insert(let email):
                rows.append(Row(email, id: newRowID(), in: catalog))
            case .target(let id, let isSkipped):
                for position in targets.indices where targets[position].id == id {
                    targets[position].status = isSkipped ? .skipped : .scheduled
                }
            }
        }
        rows.removeAll { deleted.contains($0.id) }
    }

    /// The number of a new row; none is given twice.
    mutating func newRowID() -> Int64 {
        lastRowID += 1
        return lastRowID
    }
}
