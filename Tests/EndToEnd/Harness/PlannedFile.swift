import Foundation

/// An organisation's file with contacts, each in a state of its own, with campaigns and a plan; and services whose
/// organisations begin with it.
final class PlannedFile {
    /// The date of the plan.
    static let today = "2026-01-05"

    private let scratch: Scratch
    private let path: String

    init(contacts: Int) throws {
        scratch = try Scratch()
        path = scratch.path("plan.sqlite3")
        let csv = scratch.path("contacts.csv")
        for step in [
            try Binary.run("generate", "--contacts", "\(contacts)", "--seed", "5", "--output", csv),
            try Binary.run("import", "--db", path, csv),
            try Binary.run("campaigns", "setup-samples", "--db", path),
        ] where step.status != 0 {
            throw Failure(step.errors)
        }
        let database = Database(path)
        try database.sql(
            """
            DELETE FROM contacts WHERE ifnull(state, '') = '';
            UPDATE campaign_instances SET active_start_date = '2026-01-01', active_end_date = '2026-12-31';
            INSERT INTO contact_campaigns (contact_id, campaign_instance_id, trigger_date, status)
            SELECT contacts.id, instance.id, '2026-03-10', 'pending'
            FROM contacts, campaign_instances AS instance
            WHERE instance.campaign_type <> 'initial_blast' AND contacts.id % 3 = 0;
            """)
        let run = try Binary.run("run", "--db", path, "--today", Self.today)
        guard run.status == 0 else { throw Failure(run.errors) }
        try database.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// A service with organisations that have the plan.
    func start(_ organizations: String...) throws -> RunningService {
        let data = scratch.path("data")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        for name in organizations {
            try FileManager.default.copyItem(atPath: path, toPath: "\(data)/\(name).sqlite3")
        }
        let service = try RunningService(dataDirectory: data)
        for name in organizations { try service.makeOrganization(name) }
        return service
    }

    /// The file of an organisation of the service.
    func database(_ organization: String) -> Database {
        Database(scratch.path("data/\(organization).sqlite3"))
    }
}
