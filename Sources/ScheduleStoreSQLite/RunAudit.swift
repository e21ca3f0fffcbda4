import GRDB

/// What runs leave in the audit log.
enum RunAudit {
    /// Invalid contacts that the entry of a run lists; all of them are in `invalid_contacts`.
    private static let listedContacts = 100

    /// A run was claimed.
    static func started(_ id: Int64, now: String, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO audit_log (at, actor, entity, entity_id, action, details)
                SELECT ?, 'system', 'run', id, iif(attempts > 1, 'resumed', 'started'), json_object(
                    'kind', kind, 'today', today, 'dry_run', json(iif(dry_run, 'true', 'false')),
                    'config_version', config_version)
                FROM scheduler_runs WHERE id = ?
                """, arguments: [now, id])
    }

    /// A run came to its final state: its totals, and the contacts that it could not plan.
    static func ended(_ id: Int64, now: String, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO audit_log (at, actor, entity, entity_id, action, details)
                SELECT ?1, 'system', 'run', id, state, json_object(
                    'kind', kind, 'today', today, 'dry_run', json(iif(dry_run, 'true', 'false')),
                    'config_version', config_version,
                    'contacts_processed', ifnull(json_extract(totals, '$.contacts_processed'), 0),
                    'inserted', ifnull(json_extract(totals, '$.inserted'), 0),
                    'updated', ifnull(json_extract(totals, '$.updated'), 0),
                    'deleted', ifnull(json_extract(totals, '$.deleted'), 0),
                    'unchanged', ifnull(json_extract(totals, '$.unchanged'), 0),
                    'invalid', json(ifnull(json_extract(totals, '$.invalid'), '{}')),
                    'invalid_contacts', json(CASE
                        WHEN dry_run OR ifnull(json_extract(totals, '$.invalid'), '{}') = '{}' THEN '[]'
                        WHEN kind = 'full' THEN (
                            SELECT json_group_array(json_object('contact_id', contact_id, 'reason', reason))
                            FROM (SELECT * FROM invalid_contacts ORDER BY contact_id LIMIT ?3))
                        WHEN kind = 'contacts' THEN (
                            SELECT json_group_array(json_object('contact_id', contact_id, 'reason', reason))
                            FROM (
                                SELECT DISTINCT i.contact_id, i.reason FROM json_each(contact_ids) AS c
                                JOIN invalid_contacts AS i ON i.contact_id = c.value
                                ORDER BY i.contact_id LIMIT ?3))
                        ELSE '[]' END))
                FROM (
                    SELECT *, iif(json_valid(report), report, '{}') AS totals
                    FROM scheduler_runs WHERE id = ?2)
                """, arguments: [now, id, listedContacts])
    }
}
