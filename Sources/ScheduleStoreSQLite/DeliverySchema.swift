import GRDB

/// The tables and indexes of claims, reports and events: the third version of an organisation's file, frozen.
enum DeliverySchema {
    /// What brings a file of the second version to the third.
    ///
    /// 1. Due rows are found by status and date, and with the priority in the same index the most important of them
    ///    without looking at the others.
    /// 2. `email_claims` has one row for each email and channel that was ever handed out. The number of `claim_calls`
    ///    is the fencing token.
    /// 3. `email_events` holds every event once, under the row that it happened to; row 0 stands for none.
    static let creation = """
        DROP INDEX IF EXISTS email_schedules_status_date;
        CREATE INDEX email_schedules_status_date ON email_schedules (status, scheduled_send_date, priority);
        CREATE INDEX email_schedules_text_due ON email_schedules (scheduled_send_date, priority)
            WHERE status = 'pre-scheduled' AND sms_template IS NOT NULL;

        CREATE TABLE claim_calls (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
            items INTEGER NOT NULL DEFAULT 0,
            created_at TEXT NOT NULL);
        CREATE TABLE email_claims (
            schedule_id INTEGER NOT NULL,
            channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
            state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'sending', 'reported', 'closed')),
            lease INTEGER NOT NULL DEFAULT 0,
            leased_until INTEGER NOT NULL DEFAULT 0,
            attempt INTEGER NOT NULL DEFAULT 0,
            maybe_sent INTEGER NOT NULL DEFAULT 0,
            priority INTEGER NOT NULL,
            due TEXT NOT NULL,
            PRIMARY KEY (schedule_id, channel)) WITHOUT ROWID;
        CREATE INDEX email_claims_waiting ON email_claims (channel, priority, due, schedule_id)
            WHERE state = 'waiting';
        CREATE INDEX email_claims_leased ON email_claims (channel, leased_until)
            WHERE state IN ('leased', 'sending');

        CREATE TABLE send_reports (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            schedule_id INTEGER NOT NULL,
            channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
            lease INTEGER NOT NULL,
            status TEXT NOT NULL,
            at TEXT NOT NULL,
            message_id TEXT,
            detail TEXT,
            result TEXT NOT NULL CHECK (result IN ('recorded', 'stale_lease')),
            created_at TEXT NOT NULL);
        CREATE UNIQUE INDEX send_reports_once
            ON send_reports (schedule_id, lease, status, ifnull(message_id, ''));
        CREATE INDEX send_reports_message ON send_reports (message_id) WHERE message_id IS NOT NULL;

        CREATE TABLE email_events (
            schedule_id INTEGER NOT NULL,
            event_key BLOB NOT NULL,
            contact_id INTEGER NOT NULL,
            event TEXT NOT NULL,
            channel TEXT,
            at INTEGER NOT NULL,
            PRIMARY KEY (schedule_id, event_key)) WITHOUT ROWID;
        CREATE TABLE parked_events (
            event_key BLOB PRIMARY KEY NOT NULL,
            message_id TEXT NOT NULL,
            event TEXT NOT NULL,
            name TEXT NOT NULL,
            channel TEXT,
            source TEXT NOT NULL,
            at INTEGER NOT NULL,
            suppression TEXT,
            url TEXT,
            tracking_id TEXT,
            metadata TEXT,
            received_at TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX parked_events_message ON parked_events (message_id);
        CREATE INDEX parked_events_received ON parked_events (received_at);
        CREATE TABLE resubscriptions (contact_id INTEGER PRIMARY KEY, at INTEGER NOT NULL);
        CREATE TABLE webhook_keys (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
        """
}
