import Crypto
import HTTPHandling
import Synchronization

/// A request's body that is digested while it is read.
final class FingerprintedBody: RequestBodySource {
    private struct State {
        var pieces: RequestBody.AsyncIterator
        var digest: SHA256
        var hasEnded = false
    }

    private let state: Mutex<State>

    /// A body.
    ///
    /// - Parameter prefix: What the digest begins with.
    init(_ body: RequestBody, prefix: [UInt8]) {
        var digest = SHA256()
        digest.update(data: prefix)
        state = Mutex(State(pieces: body.makeAsyncIterator(), digest: digest))
    }

    /// The next piece, or nil at the end.
    func next() async throws(RequestBodyError) -> [UInt8]? {
        var pieces = state.withLock { $0.pieces }
        let piece = try await pieces.next(isolation: nil)
        state.withLock { state in
            state.pieces = pieces
            if let piece { state.digest.update(data: piece) } else { state.hasEnded = true }
        }
        return piece
    }

    /// The SHA-256 digest of the prefix and the whole body; reads what has not been read.
    func fingerprint() async throws(RequestBodyError) -> [UInt8] {
        while try await next() != nil {}
        return state.withLock { Array($0.digest.finalize()) }
    }

    /// The digest of what was read so far.
    var fingerprintSoFar: [UInt8] { state.withLock { Array($0.digest.finalize()) } }
}
