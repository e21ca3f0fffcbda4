import HTTPHandling
import Synchronization

/// A body that comes in some pieces, and breaks off or ends behind them.
final class BrokenBody: RequestBodySource {
    private let pieces: Mutex<ArraySlice<[UInt8]>>
    private let error: RequestBodyError?

    init(pieces: [[UInt8]], error: RequestBodyError?) {
        self.pieces = Mutex(pieces[...])
        self.error = error
    }

    func next() async throws(RequestBodyError) -> [UInt8]? {
        if let piece = pieces.withLock({ $0.popFirst() }) { return piece }
        if let error { throw error }
        return nil
    }
}
