import ScheduleStore

/// What the queue of runs needs beside the runs: leases, tries, and the states' order.
enum QueueSchema {
    static let creation = """
        ALTER TABLE scheduler_runs ADD COLUMN lease_owner TEXT;
        ALTER TABLE scheduler_runs ADD COLUMN lease_until INTEGER
            CHECK ((lease_until IS NULL) = (lease_owner IS NULL));
        ALTER TABLE scheduler_runs ADD COLUMN failed_tries INTEGER NOT NULL DEFAULT 0 CHECK (failed_tries >= 0);
        ALTER TABLE scheduler_runs ADD COLUMN not_before INTEGER;
        ALTER TABLE scheduler_runs ADD COLUMN failed_batches TEXT;
        CREATE TRIGGER scheduler_runs_order BEFORE UPDATE OF state ON scheduler_runs
        WHEN OLD.state IS NOT NEW.state AND NOT (
            (OLD.state = 'queued' AND NEW.state IN ('running', 'cancelled'))
            OR (OLD.state = 'running' AND NEW.state IN ('queued', 'completed', 'failed', 'cancelled')))
        BEGIN SELECT RAISE(ABORT, 'a run never goes from this state to that'); END;
        """
}
