/// Schemas as other systems have them.
enum SeedSchemas {
    /// The plain one: columns without guards.
    static let plain = """
        CREATE TABLE contacts (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT, zip_code TEXT,
            state TEXT, birth_date TEXT, effective_date TEXT, phone_number TEXT);
        CREATE TABLE campaign_types (name TEXT PRIMARY KEY, respect_exclusion_windows BOOLEAN,
            enable_followups BOOLEAN, days_before_event INTEGER, target_all_contacts BOOLEAN, priority INTEGER,
            active BOOLEAN);
        CREATE TABLE email_schedules (id INTEGER PRIMARY KEY AUTOINCREMENT, contact_id INTEGER, email_type TEXT,
            scheduled_send_date TEXT, scheduled_send_time TEXT, status TEXT, skip_reason TEXT, priority INTEGER,
            campaign_instance_id INTEGER, email_template TEXT, sms_template TEXT, event_year INTEGER,
            event_month INTEGER, event_day INTEGER, actual_send_datetime TEXT, metadata TEXT);
        CREATE TABLE suppressions (contact_id INTEGER, channel TEXT);

        """

    /// One with constraints of its own, a view, a trigger, and tables under our names for other things.
    static let constrained = """
        CREATE TABLE contacts (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, note TEXT NOT NULL,
            birth_date DATE);
        CREATE TABLE changes (what TEXT);
        CREATE TABLE email_schedules (id INTEGER PRIMARY KEY, contact_id INTEGER NOT NULL REFERENCES contacts (id),
            email_type TEXT NOT NULL, scheduled_send_date DATE NOT NULL, scheduled_send_time TIME DEFAULT '08:30:00',
            status TEXT NOT NULL DEFAULT 'pre-scheduled'
                CHECK (status IN ('pre-scheduled', 'skipped', 'sent')),
            scheduler_run_id TEXT NOT NULL, batch TEXT NOT NULL,
            UNIQUE (contact_id, email_type, scheduled_send_date));
        CREATE INDEX by_status ON email_schedules (status);
        CREATE VIEW everyone AS SELECT id, email FROM contacts;
        CREATE TRIGGER noted AFTER INSERT ON email_schedules BEGIN
            INSERT INTO changes VALUES (new.email_type);
        END;
        CREATE TABLE scheduler_checkpoints (id INTEGER PRIMARY KEY, run_timestamp TEXT NOT NULL,
            scheduler_run_id TEXT UNIQUE NOT NULL, status TEXT NOT NULL);
        INSERT INTO contacts VALUES (1, 'a@example.com', 'own', NULL), (2, 'b@example.com', 'own', NULL);
        INSERT INTO email_schedules VALUES
            (1, 1, 'birthday', '2026-02-01', '08:30:00', 'sent', 'run-0', 'b1');
        INSERT INTO scheduler_checkpoints VALUES (1, 'then', 'run-0', 'done');

        """

    /// One without any key.
    static let keyless = """
        CREATE TABLE contacts (id INTEGER, first_name TEXT, email TEXT);
        INSERT INTO contacts VALUES (5, 'Bert', NULL), (1, 'Anna', NULL), (5, 'Carl', NULL), (NULL, 'Dora', NULL),
            ('x', 'Emil', NULL);
        CREATE TABLE email_schedules (id INT, contact_id INT, email_type TEXT, status TEXT,
            scheduled_send_date TEXT);

        """
}
