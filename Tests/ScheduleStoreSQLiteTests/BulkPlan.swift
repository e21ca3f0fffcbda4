import ScheduleStore
import SchedulingCore
import StoreConformance

/// A plan with many rows, as a run writes them.
struct BulkPlan {
    let store: any OrganizationStore
    let now = "2026-01-05 08:00:00"
    private let catalog: RunCatalog
    private let today = CivilDate(dayNumber: 20_458)

    init(store: any OrganizationStore) {
        self.store = store
        catalog = RunCatalog(
            today: today, policy: SchedulingPolicy(),
            facts: RunCatalog.Facts(
                totalContacts: 1, instances: [CampaignInstance(id: 7, typeName: "rate_increase")]))
    }

    /// Contacts with ids from 1, in California by their ZIP.
    func insertContacts(_ count: Int) async throws {
        let list = try await store.createImport(columns: ["id", "zip_code"], now: now)
        var batch = ImportBatch()
        batch.rows = (1...count).map { id in
            var draft = ContactDraft(id: Int64(id))
            draft.email = "contact\(id)@example.com"
            draft.zipCode = "90001"
            return ImportBatch.Row(row: id, draft: draft)
        }
        _ = try await store.importBatch(batch, importID: list.id)
    }

    /// Three emails for each contact: one of a campaign, one skipped for a window.
    func insertions() throws -> [RowChange] {
        let count = try store.runFacts().totalContacts
        return (1...count).flatMap { id -> [RowChange] in
            let campaign = catalog.emailType(named: Array("campaign_rate_increase".utf8).span)
            return [
                .insert(email(id, .birthday)), .insert(email(id, .effectiveDate, .birthdayWindow)),
                .insert(email(id, campaign, id % 4 == 0 ? .frequencyLimit : nil, instance: 7)),
            ]
        }
    }

    /// Of three rows one goes, one changes, one expires; rows of the past run have ids from 1.
    func changes() throws -> [RowChange] {
        let count = try store.runFacts().totalContacts
        let rows = (1...Int64(count)).map { ($0, 3 * ($0 - 1) + 1) }
        return rows.map { _, row in .delete(rowID: row) }
            + rows.flatMap { contact, row -> [RowChange] in
                [
                    .update(rowID: row + 1, email(Int(contact), .effectiveDate, .age76Plus)),
                    .expire(rowID: row + 2),
                ]
            }
    }

    private func email(
        _ contact: Int, _ type: EmailType, _ reason: SkipReason? = nil, instance: Int64? = nil
    ) -> PlannedEmail {
        let day = today + contact % 40
        return PlannedEmail(
            contactID: Int64(contact), type: type, event: .init(day), idealDate: day, date: day,
            skipReason: reason, priority: 5, instanceID: instance, state: StateCode("CA"))
    }

    /// Writes changes in parts, with the checkpoint behind each.
    func write(_ changes: [RowChange], _ writer: any RunWriter, _ runID: Int64) throws {
        let checkpoint = RunCheckpoint(
            runID: runID, phase: "place", lastContactID: nil, batchNumber: 1, contactsDone: 0, payload: [])
        _ = try writer.apply(
            [ChangePart(changes: changes, checkpoint: checkpoint)][...], runID: runID, catalog: catalog,
            now: now)
    }
}

extension OrganizationStore {
    /// A run that is running.
    func startRun() async throws -> RunRecord {
        let request = RunRequest(kind: .full, today: CivilDate(dayNumber: 20_458))
        let created = try await createRun(request, now: "2026-01-05 08:00:00")
        let claimed = try await claimNextRun(
            configVersion: 1, engineVersion: "1", now: "2026-01-05 08:00:00")
        return claimed ?? created.run
    }
}
