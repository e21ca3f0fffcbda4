package import GRDB
import Synchronization

/// Carries out the verbs that change something, on the connection that writes. Those that wait for it at the same time
/// share a transaction: a commit costs as much as a small verb, and more where it waits for the disk.
///
/// 1. Verbs are carried out in the order in which they come. Each but the first of a transaction has a savepoint of its
///    own, so that one that fails takes back what it did and nothing else.
/// 2. Nobody is told anything before the commit: who was refused for the sake of a verb before it is refused for
///    something that stays. Where the commit fails, or SQLite has taken the whole transaction back as it does on a full
///    disk, all its verbs have failed.
/// 3. A transaction that has changed `rows` takes in no further verb. Then it is the turn of whoever else waits for the
///    connection, such as a run.
/// 4. A verb whose task is cancelled while it waits is carried out nevertheless.
package final class WriterQueue: Sendable {
    /// Rows changed in one transaction, triggers' included, behind which it takes in no further verb.
    package static let rows = 500

    /// What waits.
    private struct Verb: Sendable {
        /// Changes something, and gives what tells so.
        let carryOut: @Sendable (Database) throws -> @Sendable () -> Void
        /// Tells why it failed.
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var verbs: [Verb] = []
        /// Whether the connection will come to them without being asked again.
        var isScheduled = false
    }

    private let pool: DatabasePool
    private let state = Mutex(State())

    /// A queue for the connection of a pool that writes.
    package init(pool: DatabasePool) { self.pool = pool }

    /// Carries out a verb in a transaction, and returns when that is committed.
    package func write<Outcome: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Outcome
    ) async throws -> Outcome {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { told in
            let verb = Verb(
                carryOut: { database in
                    let outcome = try body(database)
                    return { told.resume(returning: outcome) }
                }, fail: { told.resume(throwing: $0) })
            state.withLock { $0.verbs.append(verb) }
            schedule()
        }
    }

    /// Has the connection come to the verbs that wait.
    private func schedule() {
        let begins = state.withLock { state in
            defer { state.isScheduled = !state.verbs.isEmpty }
            return !state.isScheduled && !state.verbs.isEmpty
        }
        if begins { pool.asyncWriteWithoutTransaction(carryOut) }
    }

    /// Carries out, in one transaction, verbs that wait and those that come meanwhile.
    private func carryOut(_ database: Database) {
        var taken: [Verb] = []
        var endings: [@Sendable () -> Void] = []
        do {
            try database.inTransaction {
                let before = database.totalChangesCount
                while database.totalChangesCount - before < Self.rows, let verb = next() {
                    taken.append(verb)
                    endings.append(
                        taken.count == 1
                            ? try verb.carryOut(database) : try carryOutInSavepoint(verb, database))
                }
                return .commit
            }
            for tell in endings { tell() }
        } catch {
            // Where no transaction could be begun, all who wait have waited for it.
            if taken.isEmpty { while let verb = next() { taken.append(verb) } }
            for verb in taken { verb.fail(error) }
        }
        state.withLock { $0.isScheduled = false }
        schedule()
    }

    private func next() -> Verb? {
        state.withLock { $0.verbs.isEmpty ? nil : $0.verbs.removeFirst() }
    }

    /// Carries out a verb of a transaction that has others, and gives what tells how it ended.
    ///
    /// - Throws: What ended the whole transaction.
    private func carryOutInSavepoint(_ verb: Verb, _ database: Database) throws -> @Sendable () -> Void {
        try RawStatement("SAVEPOINT verb", database).run()
        do {
            let tell = try verb.carryOut(database)
            try RawStatement("RELEASE verb", database).run()
            return tell
        } catch {
            guard database.isInsideTransaction else { throw error }
            RawStatement.resetAll(database)
            try RawStatement("ROLLBACK TO verb", database).run()
            try RawStatement("RELEASE verb", database).run()
            return { verb.fail(error) }
        }
    }
}
