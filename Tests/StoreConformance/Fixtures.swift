public import ScheduleStore
public import SchedulingCore
import Testing

/// The moment that tests write with.
let now = "2026-01-05 08:00:00"

/// A date that the test spells right.
func date(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

/// A catalog with one campaign instance, 7, of the type `rate_increase`.
func catalog(today: String = "2026-01-05") throws -> RunCatalog {
    var instance = CampaignInstance(id: 7, typeName: "rate_increase")
    instance.templates = TemplatePair(email: "rate_email", sms: "rate_sms")
    return RunCatalog(
        today: try date(today), policy: SchedulingPolicy(),
        facts: RunCatalog.Facts(totalContacts: 1, instances: [instance]))
}

extension RunCatalog {
    func type(_ name: String) -> EmailType { emailType(named: Array(name.utf8).span) }
    func symbol(_ text: String) -> Symbol { symbol(of: Array(text.utf8).span) }
}

/// A birthday email of a contact for the year of its event date.
func birthdayEmail(
    _ contactID: Int64, _ catalog: RunCatalog, event: String = "2026-03-01", on day: String = "2026-02-15"
) throws -> PlannedEmail {
    PlannedEmail(
        contactID: contactID, type: .birthday, event: .init(try date(event)), idealDate: try date(day),
        date: try date(day), priority: 5, time: catalog.symbol("08:30:00"),
        emailTemplate: catalog.symbol("birthday_email"))
}

extension RunCheckpoint {
    /// A checkpoint behind a contact.
    static func after(_ contactID: Int64?, run: Int64 = 1, batch: Int = 1) -> RunCheckpoint {
        RunCheckpoint(
            runID: run, phase: "write", lastContactID: contactID, batchNumber: batch,
            contactsDone: contactID ?? 0, payload: [0, 1, 255])
    }
}

extension OrganizationStore {
    /// Everything a run reads, in batches of a size.
    func readEverything(limit: Int, _ catalog: RunCatalog) throws -> ContactBatch {
        let reader = try makeRunReader()
        defer { reader.close() }
        var everything = ContactBatch()
        var batch = ContactBatch()
        var cursor: Int64?
        repeat {
            cursor = try reader.readBatch(after: cursor, limit: limit, catalog: catalog, into: &batch)
            everything.append(batch)
        } while cursor != nil
        return everything
    }

    /// Adds contacts with ids from 1.
    func insertContacts(_ count: Int) async throws {
        for id in 1...count {
            var draft = ContactDraft(id: Int64(id))
            draft.email = "contact\(id)@example.com"
            draft.zipCode = "75001"
            _ = try await insertContact(draft)
        }
    }

    /// The oldest run that waits, now running; nil where none is due. Every claim is the same owner's: one that is running
    /// is put back first, as one whose process died.
    public func claimNextRun(
        configVersion: Int64? = nil, engineVersion: String = "test", now: String
    ) async throws -> RunRecord? {
        let claim = try await claimNextRun(
            configVersion: configVersion, engineVersion: engineVersion, now: now, lease: .of("test"))
        if case .run(let run) = claim { return run }
        return nil
    }

    /// A run that is running.
    func startRun() async throws -> RunRecord {
        _ = try await createRun(RunRequest(kind: .full, today: try date("2026-01-05")), now: now)
        return try #require(try await claimNextRun(configVersion: 1, engineVersion: "1", now: now))
    }
}

extension RunLease {
    /// A minute's lease from a moment on, whose owner sees none other end.
    static func of(_ owner: String, at now_s: Int64 = 0, mostTries: Int = .max) -> RunLease {
        RunLease(owner: owner, now_s: now_s, length_s: 60, mostTries: mostTries, isGone: { _ in false })
    }
}

extension ContactBatch {
    mutating func append(_ other: ContactBatch) {
        contacts += other.contacts
        rows += other.rows
        targets += other.targets
        suppressions += other.suppressions
        behaviours += other.behaviours
        smoothingShares += other.smoothingShares
    }
}

/// The code of the store error that a verb throws; nil where it throws none.
func errorCode(_ verb: () async throws -> Void) async -> StoreError.Code? {
    do {
        try await verb()
        return nil
    } catch {
        return (error as? StoreError)?.code
    }
}

extension RunWriter {
    /// Carries out the changes of a batch that is one part.
    public func apply(
        _ changes: [RowChange], runID: Int64, catalog: RunCatalog, now: String, checkpoint: RunCheckpoint
    ) throws -> ChangeCounts {
        try apply(
            [ChangePart(changes: changes, checkpoint: checkpoint)][...], runID: runID, catalog: catalog,
            now: now)
    }
}
