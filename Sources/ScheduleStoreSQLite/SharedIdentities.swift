import GRDB

/// Tells rows of an adopted file apart that share an identity (SPEC 4), so that the unique index can be made:
/// of rows that are not committed the newest stays, and none beside a committed one; the others go into
/// `adoption_log` as they were. Committed rows all stay, the first as it is, the others with their row id in
/// `identity_ordinal`. So does a follow-up of another contact's email, which would take the place of that
/// email's own.
struct SharedIdentities {
    let database: Database
    let log: (_ table: String, _ what: String, _ content: String) throws -> Void

    private static let isCommitted = "(status IS NULL OR status NOT IN ('pre-scheduled', 'skipped'))"

    func separate() throws {
        let parts = OrganizationSchema.identityParts
        try separate(
            key: ["contact_id", "email_type"] + parts,
            nullable: ["contact_id", "email_type"] + parts.dropFirst())
        try setStrayFollowupsApart()
        try separate(key: ["initial_schedule_id"], nullable: ["initial_schedule_id"])
    }

    private func setStrayFollowupsApart() throws {
        try database.execute(
            sql: """
                UPDATE email_schedules SET identity_ordinal = id
                WHERE initial_schedule_id IS NOT NULL AND EXISTS (
                    SELECT 1 FROM email_schedules AS initial
                    WHERE initial.id = email_schedules.initial_schedule_id
                        AND initial.contact_id IS NOT email_schedules.contact_id)
                """)
    }

    private func separate(key: [String], nullable: [String]) throws {
        let present = nullable.map { "(\($0)) IS NOT NULL" }.joined(separator: " AND ")
        let shared = try Row.fetchAll(
            database,
            sql: """
                SELECT id, committed FROM (
                    SELECT id, \(SharedIdentities.isCommitted) AS committed,
                        row_number() OVER (
                            PARTITION BY \(key.joined(separator: ", ")), identity_ordinal
                            ORDER BY \(SharedIdentities.isCommitted) DESC, id DESC) AS place
                    FROM email_schedules WHERE \(present))
                WHERE place > 1
                """)
        for row in shared {
            let id: Int64 = row["id"]
            if row["committed"] == 1 {
                try database.execute(
                    sql: "UPDATE email_schedules SET identity_ordinal = id WHERE id = ?", arguments: [id])
            } else {
                try log("email_schedules", "shares an identity", try content(ofRow: id))
                try database.execute(sql: "DELETE FROM email_schedules WHERE id = ?", arguments: [id])
            }
        }
    }

    /// A row as a JSON object.
    private func content(ofRow id: Int64) throws -> String {
        let columns = try StandingTable("email_schedules", database).columns
        let members = columns.map { column in
            "'\(column.name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))', "
                + "CASE typeof(\(column.quotedName)) WHEN 'blob' THEN hex(\(column.quotedName)) "
                + "ELSE \(column.quotedName) END"
        }.joined(separator: ", ")
        let sql = "SELECT json_object(\(members)) FROM email_schedules WHERE id = ?"
        return try String.fetchOne(database, sql: sql, arguments: [id]) ?? "{}"
    }
}
