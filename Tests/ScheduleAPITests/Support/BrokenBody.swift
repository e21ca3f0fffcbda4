import HTTPWire
import Synchronization

/// A body that breaks off behind some pieces.
final class BrokenBody: RequestBodySource {
    private let pieces: Mutex<ArraySlice<[UInt8]>>
    private let error: RequestBodyError

    init(pieces: [[UInt8]], error: RequestBodyError) {
        self.pieces = Mutex(pieces[...])
        self.error = error
    }

    func next() async throws(RequestBodyError) -> [UInt8]? {
        guard let piece = pieces.withLock({ $0.popFirst() }) else { throw error }
        return piece
    }
}
