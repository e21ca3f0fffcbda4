/// What the queue of runs needs beside the runs: leases, tries, what was given up, and the order of states.
enum QueueSchema {
    /// What `organization-7` brings, frozen. Whatever is running then is nobody's any more. A follow-up that plain SQL
    /// gives a contact for another one's email shares no identity with that email's own, and must not make its batch
    /// fail.
    static let creation = """
        UPDATE scheduler_runs SET state = 'queued' WHERE state = 'running';
        ALTER TABLE scheduler_runs ADD COLUMN tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0);
        ALTER TABLE scheduler_runs ADD COLUMN not_before INTEGER
            CHECK (not_before IS NULL OR state = 'queued');
        ALTER TABLE scheduler_runs ADD COLUMN lease_owner TEXT
            CHECK ((lease_owner IS NOT NULL) = (state = 'running'));
        ALTER TABLE scheduler_runs ADD COLUMN lease_until INTEGER
            CHECK ((lease_until IS NULL) = (lease_owner IS NULL));
        CREATE UNIQUE INDEX scheduler_runs_running ON scheduler_runs (state) WHERE state = 'running';
        CREATE TABLE run_failures (
            run_id INTEGER NOT NULL, batch_number INTEGER NOT NULL, failure TEXT NOT NULL,
            PRIMARY KEY (run_id, batch_number)) WITHOUT ROWID;
        CREATE TRIGGER \(orderTrigger) BEFORE UPDATE OF state ON scheduler_runs
        WHEN OLD.state <> NEW.state AND NOT (
            OLD.state = 'queued' AND NEW.state IN ('running', 'failed', 'cancelled')
            OR OLD.state = 'running' AND NEW.state IN ('queued', 'completed', 'failed', 'cancelled'))
        BEGIN SELECT RAISE(ABORT, 'a run does not go from this state to that'); END;
        DROP INDEX email_schedules_initial;
        CREATE UNIQUE INDEX email_schedules_initial
            ON email_schedules (initial_schedule_id, contact_id, identity_ordinal)
            WHERE initial_schedule_id IS NOT NULL;
        """

    /// The trigger that holds states to their order. It looks at nothing that a run writes while it goes on.
    static let orderTrigger = "scheduler_runs_order"
}
