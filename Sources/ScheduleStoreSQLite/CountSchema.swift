import GRDB
import SchedulingCore

/// The tables that numbers are kept in as they change, so that nobody has to count rows: the fifth version of an
/// organisation's file, frozen. `CountTriggers` keeps them.
///
/// 1. Every number is the count of rows that a statement over the other tables would find, at any moment, whoever
///    wrote them. A key column that may be null has an empty text in its place.
/// 2. Numbers may be 0, where rows were counted and are gone.
enum CountSchema {
    /// Makes the tables, counts what is there, and has it kept from then on.
    static func create(_ database: Database) throws {
        try database.execute(sql: tables)
        let insertion = try RawStatement(
            "INSERT INTO zip_states (first_zip, last_zip, state) VALUES (?, ?, ?)", database)
        for (zips, state) in ZIPTable.bundled.stateRanges {
            insertion.bind(1, Int64(zips.lowerBound))
            insertion.bind(2, Int64(zips.upperBound))
            insertion.bind(3, state.description)
            try insertion.run()
        }
        try database.execute(sql: "INSERT INTO contact_counts VALUES (1, \(contacts), 0)")
        for counting in countings { try database.execute(sql: counting.insertion) }
        try database.execute(sql: CountTriggers.creation)
    }

    /// The tables and views, empty.
    ///
    /// 1. `contact_states` tells the state whose rules hold for a contact: its own, else that of its ZIP (SPEC 2). It
    ///    looks at `zip_states`, which holds the product's ZIP table.
    /// 2. `campaign_emails` tells what became of each email of a campaign: what its events say, and where it has none
    ///    what its status says.
    /// 3. `contact_counts` has one row; `moves` counts up when contacts change their state or go.
    /// 4. `replaced_contacts` and `replaced_emails` hold what an `INSERT OR REPLACE` takes away, while it goes on.
    private static let tables = """
        CREATE TABLE zip_states (
            first_zip INTEGER PRIMARY KEY, last_zip INTEGER NOT NULL, state TEXT NOT NULL,
            CHECK (first_zip <= last_zip));
        CREATE INDEX zip_states_state ON zip_states (state);
        CREATE VIEW contact_states (contact_id, external_id, state) AS
            SELECT id, external_id, \(state(ofContact: "contact")) FROM contacts AS contact;
        CREATE VIEW campaign_emails (id, campaign_instance_id, \(fates.joined(separator: ", "))) AS
            SELECT id, campaign_instance_id, \(fates(ofEmail: "email"))
            FROM email_schedules AS email WHERE campaign_instance_id IS NOT NULL;

        CREATE TABLE contact_counts (
            id INTEGER PRIMARY KEY CHECK (id = 1), total INTEGER NOT NULL, suppressed INTEGER NOT NULL,
            moves INTEGER NOT NULL);
        CREATE TABLE schedule_counts (
            email_type TEXT NOT NULL, status TEXT NOT NULL, skip_reason TEXT NOT NULL,
            scheduled_send_date TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (email_type, status, skip_reason, scheduled_send_date)) WITHOUT ROWID;
        CREATE TABLE state_counts (
            state TEXT NOT NULL, skip_reason TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (state, skip_reason)) WITHOUT ROWID;
        CREATE TABLE campaign_counts (
            campaign_instance_id INTEGER PRIMARY KEY NOT NULL, scheduled INTEGER NOT NULL,
            sent INTEGER NOT NULL, delivered INTEGER NOT NULL, opened INTEGER NOT NULL,
            clicked INTEGER NOT NULL, bounced INTEGER NOT NULL, unsubscribed INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE run_counts (state TEXT PRIMARY KEY NOT NULL, count INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE replaced_contacts (contact_id INTEGER PRIMARY KEY, state TEXT);
        CREATE TABLE replaced_emails (
            id INTEGER PRIMARY KEY, email_type TEXT NOT NULL, status TEXT NOT NULL, skip_reason TEXT NOT NULL,
            scheduled_send_date TEXT NOT NULL, state TEXT, exclusion TEXT NOT NULL,
            campaign_instance_id INTEGER, scheduled INTEGER, sent INTEGER, delivered INTEGER, opened INTEGER,
            clicked INTEGER, bounced INTEGER, unsubscribed INTEGER);
        """

    /// The numbers of `contact_counts`, counted.
    static let contacts =
        "(SELECT count(*) FROM contacts), (SELECT count(DISTINCT contact_id) FROM suppressions)"

    /// How the numbers of the other tables are counted.
    static let countings = [
        Counting(
            table: "schedule_counts",
            keys: ["email_type", "status", "skip_reason", "scheduled_send_date"], numbers: ["count"],
            selection: """
                SELECT ifnull(email_type, ''), ifnull(status, ''), ifnull(skip_reason, ''),
                    ifnull(scheduled_send_date, ''), count(*)
                FROM email_schedules GROUP BY 1, 2, 3, 4
                """),
        Counting(
            table: "state_counts", keys: ["state", "skip_reason"], numbers: ["count"],
            selection: """
                SELECT place.state, \(exclusion("email")), count(*)
                FROM contact_states AS place CROSS JOIN email_schedules AS email
                WHERE place.state IS NOT NULL AND email.contact_id = place.contact_id GROUP BY 1, 2
                """),
        Counting(
            table: "campaign_counts", keys: ["campaign_instance_id"], numbers: fates,
            selection: """
                SELECT campaign_instance_id, \(fates.map { "sum(\($0))" }.joined(separator: ", "))
                FROM campaign_emails GROUP BY 1
                """),
        Counting(
            table: "run_counts", keys: ["state"], numbers: ["count"],
            selection: "SELECT state, count(*) FROM scheduler_runs GROUP BY 1"),
    ]

    /// The exclusion that a row is skipped by; empty for every other row.
    static func exclusion(_ row: String) -> String {
        "CASE WHEN \(row).status = 'skipped' AND \(row).skip_reason IN (\(exclusions)) "
            + "THEN \(row).skip_reason ELSE '' END"
    }

    /// The state whose rules hold for a contact; null for none.
    static func state(ofContact row: String) -> String {
        let zip = "trim(\(row).zip_code, \(space))"
        let number = "CAST(substr(\(zip), 1, 5) AS INTEGER)"
        return """
            ifnull(
                    (SELECT state FROM zip_states WHERE state = upper(trim(\(row).state, \(space))) LIMIT 1),
                    (SELECT CASE WHEN \(number) <= last_zip THEN state END FROM zip_states
                        WHERE first_zip <= \(number)
                            AND (\(zip) GLOB '\(fiveDigits)' OR \(zip) GLOB '\(fiveDigits)-\(fourDigits)')
                        ORDER BY first_zip DESC LIMIT 1))
            """
    }

    /// What becomes of an email, as `campaign_counts` has it.
    static let fates = ["scheduled", "sent", "delivered", "opened", "clicked", "bounced", "unsubscribed"]

    /// What became of an email, each 1 or 0 in the order of `fates`.
    static func fates(ofEmail row: String) -> String {
        let events = "EXISTS (SELECT 1 FROM email_events WHERE schedule_id = \(row).id"
        func isTold(_ status: String) -> String {
            "(\(events) AND event = '\(status)') OR ifnull(\(row).status, '') = '\(status)' AND NOT \(events)))"
        }
        return """
            (ifnull(\(row).status, '') NOT IN ('skipped', 'cancelled')),
                (ifnull(\(row).status, '') IN \(sent) OR \(row).actual_send_datetime IS NOT NULL),
                \(isTold("delivered")), \(events) AND event = 'opened'), \(events) AND event = 'clicked'),
                \(isTold("bounced")), \(events) AND event IN ('unsubscribed', 'group_unsubscribed'))
            """
    }

    /// The statuses that mean that an email was sent.
    static let sent = "('accepted', 'sent', 'delivered', 'bounced')"

    private static let exclusions = """
        'year_round_exclusion', 'birthday_window', 'effective_date_window', 'age_76_plus', 'missing_anchor'
        """
    private static let space = "char(9, 10, 11, 12, 13, 32)"
    private static let fiveDigits = String(repeating: "[0-9]", count: 5)
    private static let fourDigits = String(repeating: "[0-9]", count: 4)
}
