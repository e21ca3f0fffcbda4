/// How far a run has come, written in the same transaction as the changes it stands for, so that a killed run
/// goes on behind the last ones that were committed.
public struct RunCheckpoint: Hashable, Sendable {
    /// The run.
    public var runID: Int64
    /// The pass it is in; the run's own words.
    public var phase: String
    /// Last contact id that is finished in this phase; nil at its beginning.
    public var lastContactID: Int64?
    /// Counts the checkpoints of the run.
    public var batchNumber: Int
    /// Contacts finished in all: the run's progress.
    public var contactsDone: Int64
    /// Whatever else the run needs to go on, such as its counts; the store does not look inside.
    public var payload: [UInt8]

    /// How far a run has come.
    public init(
        runID: Int64, phase: String, lastContactID: Int64?, batchNumber: Int, contactsDone: Int64,
        payload: [UInt8] = []
    ) {
        self.runID = runID
        self.phase = phase
        self.lastContactID = lastContactID
        self.batchNumber = batchNumber
        self.contactsDone = contactsDone
        self.payload = payload
    }
}
