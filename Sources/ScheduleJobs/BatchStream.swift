import Dispatch
import ScheduleStore
import SchedulingCore
import Synchronization

/// The contacts of one pass in pieces, in order of id. The pieces to come are read on a thread of their own while the
/// caller works with the one it has; no more than three are in memory.
final class BatchStream: Sendable {
    /// Some contacts with everything stored about them.
    struct Piece: Sendable {
        var batch = ContactBatch()
        /// The last id that is covered; nil where there was nothing to read.
        var last: Int64?
        /// Whether no other piece follows.
        var isAtEnd = false
        /// The contacts that were asked for.
        var covered = ContactSurvey.Contacts.ids([])
    }

    private let reader: any RunReader
    private let catalog: RunCatalog
    private let ids: [Int64]?
    private let size: Int
    private let queue = DispatchQueue(label: "run-reader")
    private let ready = DispatchSemaphore(value: 0)
    private let state: Mutex<State>

    private struct State {
        var read: [Result<Piece, any Error>] = []
        /// Batches to be filled again.
        var spare: [ContactBatch] = [ContactBatch(), ContactBatch(), ContactBatch()]
        var after: Int64?
        var position: Int
        var isAtEnd = false
    }

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - ids: The contacts, ascending; nil for every contact.
    ///   - after: The id behind which to begin.
    ///   - size: Contacts in a piece.
    init(reader: any RunReader, catalog: RunCatalog, ids: [Int64]?, after: Int64?, size: Int) {
        self.reader = reader
        self.catalog = catalog
        self.ids = ids
        self.size = size
        let position = after.flatMap { after in ids?.firstIndex { $0 > after } ?? ids?.count } ?? 0
        state = Mutex(State(after: after, position: position))
        for _ in 0..<2 { readAhead() }
    }

    /// The next piece, once it is read. Not to be called behind the end, nor after an error.
    func next() throws -> Piece {
        readAhead()
        ready.wait()
        return try state.withLock { $0.read.removeFirst() }.get()
    }

    /// Takes a piece's memory back.
    func recycle(_ piece: consuming Piece) {
        let batch = piece.batch
        state.withLock { $0.spare.append(batch) }
    }

    /// Waits until nothing is read any more.
    func stop() {
        state.withLock { $0.isAtEnd = true }
        queue.sync {}
    }

    private func readAhead() {
        queue.async { [self] in
            guard
                let (batch, after, position) = state.withLock({ state in
                    state.isAtEnd
                        ? nil : (state.spare.popLast() ?? ContactBatch(), state.after, state.position)
                })
            else { return }
            let result = Result { try read(batch, after, position) }
            state.withLock { state in
                if case .success(let piece) = result {
                    state.after = piece.last
                    state.position = position + size
                    if piece.isAtEnd { state.isAtEnd = true }
                } else {
                    state.isAtEnd = true
                }
                state.read.append(result)
            }
            ready.signal()
        }
    }

    private func read(_ batch: consuming ContactBatch, _ after: Int64?, _ position: Int) throws -> Piece {
        var piece = Piece(batch: batch)
        if let ids {
            let some = ids[position..<min(position + size, ids.count)]
            try reader.readContacts(ids: Array(some), catalog: catalog, into: &piece.batch)
            piece.covered = .ids(Array(some))
            piece.last = some.last ?? after
            piece.isAtEnd = position + size >= ids.count
        } else {
            piece.last = try reader.readBatch(after: after, limit: size, catalog: catalog, into: &piece.batch)
            let first = after.map { $0 == .max ? $0 : $0 + 1 } ?? .min
            piece.covered = .range(first...(piece.last ?? .max))
            piece.isAtEnd = piece.last == nil
        }
        return piece
    }
}
