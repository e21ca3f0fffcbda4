import GRDB
import ScheduleStore

/// Stores how far a run has come in `scheduler_checkpoints`, and its progress in `scheduler_runs`.
enum CheckpointRows {
    /// Replaces the run's checkpoint. What is stored counts as progress: the run's tries begin anew.
    static func save(_ checkpoint: RunCheckpoint, _ database: Database) throws {
        let forgetting = try RawStatement("DELETE FROM scheduler_checkpoints WHERE run_id = ?", database)
        forgetting.bind(1, checkpoint.runID)
        try forgetting.run()
        let insertion = try RawStatement(
            """
            INSERT INTO scheduler_checkpoints
                (run_id, phase, last_contact_id, batch_number, contacts_done, payload)
            VALUES (?, ?, ?, ?, ?, ?)
            """, database)
        insertion.bind(1, checkpoint.runID)
        insertion.bind(2, checkpoint.phase)
        insertion.bind(3, checkpoint.lastContactID)
        insertion.bind(4, Int64(checkpoint.batchNumber))
        insertion.bind(5, checkpoint.contactsDone)
        insertion.bind(6, bytes: checkpoint.payload)
        try insertion.run()
        let progress = try RawStatement(
            "UPDATE scheduler_runs SET contacts_done = ?, tries = 0 WHERE id = ?", database)
        progress.bind(1, checkpoint.contactsDone)
        progress.bind(2, checkpoint.runID)
        try progress.run()
    }

    /// The run's checkpoint, nil where it has none.
    static func load(runID: Int64, _ database: Database) throws -> RunCheckpoint? {
        let rows = try RawStatement(
            """
            SELECT phase, last_contact_id, batch_number, contacts_done, payload
            FROM scheduler_checkpoints WHERE run_id = ?
            """, database)
        rows.bind(1, runID)
        defer { rows.reset() }
        guard try rows.step() else { return nil }
        return RunCheckpoint(
            runID: runID, phase: rows.text(0) ?? "", lastContactID: rows.optionalInteger(1),
            batchNumber: Int(rows.integer(2)), contactsDone: rows.integer(3), payload: rows.blob(4))
    }
}
