import Synchronization

/// The requests with an idempotency key that are being carried out, so that none is carried out twice at once.
final class InFlight: Sendable {
    private let ids = Mutex<Set<[UInt8]>>([])

    /// Begins with a request; false where it is being carried out already.
    func begin(_ id: [UInt8]) -> Bool { ids.withLock { $0.insert(id).inserted } }

    /// Ends with a request.
    func end(_ id: [UInt8]) { ids.withLock { _ = $0.remove(id) } }
}
