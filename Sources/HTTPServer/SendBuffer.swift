import Glibc

/// What is to be sent on a connection: what is short is gathered, and a long body goes behind it without being copied.
struct SendBuffer {
    /// Shortest body that is cheaper to send from where it is than to copy.
    private static let longBodyBytes = 16 * 1024

    /// The gathered bytes; none may be appended before a body that was is sent.
    var gathered: [UInt8] = []
    private var body: [UInt8] = []
    private var sent = 0

    /// Bytes that are still to be sent.
    var unsent: Int { gathered.count + body.count - sent }

    /// Appends the body of an answer, with which the answer ends.
    mutating func append(body bytes: [UInt8]) {
        if bytes.count < Self.longBodyBytes { gathered.append(contentsOf: bytes) } else { body = bytes }
    }

    /// Sends as much as the socket takes.
    /// - Parameter window: sent bytes that may be kept before the rest is moved to their place.
    /// - Returns: whether any were sent; nil if the connection is lost.
    mutating func flush(to descriptor: Int32, window: Int) -> Bool? {
        let start = sent
        sending: while unsent > 0 {
            let head = min(sent, gathered.count)
            let result = gathered.withUnsafeBytes { first in
                body.withUnsafeBytes { second in
                    Socket.write(
                        descriptor, UnsafeRawBufferPointer(rebasing: first[head...]),
                        UnsafeRawBufferPointer(rebasing: second[(sent - head)...]))
                }
            }
            switch result {
            case .bytes(let count): sent += count
            case .wouldBlock: break sending
            case .ended, .failed: return nil
            }
        }
        let progress = sent > start
        if unsent == 0 {
            sent = 0
            body = []
            if gathered.capacity > 16_384 { gathered = [] } else { gathered.removeAll(keepingCapacity: true) }
        } else if body.isEmpty, sent > window, sent > gathered.count / 2 {
            gathered.removeSubrange(..<sent)
            sent = 0
        }
        return progress
    }
}
