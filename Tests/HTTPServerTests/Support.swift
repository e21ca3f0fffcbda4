import Dispatch
import Glibc
import HTTPHandling
import HTTPServer
import HTTPTypes
import HTTPWire
import Logging
import Synchronization
import Testing

/// A client on a blocking socket, on a queue of its own so that no test holds a thread of Swift's pool.
final class Client: Sendable {
    struct Failure: Error { let operation: String }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "client")

    /// - Parameters:
    ///   - host: the last byte of a loopback address.
    ///   - receiveBuffer: bytes the kernel may hold unread, to make a slow reader.
    init(port: Int, host: UInt32 = 1, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = (UInt32(0x7F00_0000) + host).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(operation: "connect") }
    }

    deinit { close(descriptor) }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        try await onQueue { descriptor in
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw Failure(operation: "send") }
                sent += count
            }
        }
    }

    /// Says that nothing more is sent.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Goes away with a reset.
    func vanish() async throws {
        try await onQueue { descriptor in
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            // The number stays taken until the client is released.
            let null = open("/dev/null", O_RDONLY)
            dup2(null, descriptor)
            close(null)
        }
    }

    /// What comes until the bytes so far satisfy `isEnough`, or the server closes.
    func receiveBytes(
        until isEnough: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }
    ) async throws -> [UInt8] {
        try await onQueue { descriptor in
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count >= 0 else { throw Failure(operation: "receive \(errno)") }
                all += buffer[..<count]
                if count == 0 || isEnough(all) { return all }
            }
        }
    }

    /// What comes until the text so far satisfies `isEnough`, or the server closes.
    func receive(until isEnough: @escaping @Sendable (String) -> Bool) async throws -> String {
        let bytes = try await receiveBytes { isEnough(String(decoding: $0, as: UTF8.self)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func receive(through ending: String) async throws -> String {
        try await receive {
            $0.utf8.elementsEqual(ending.utf8) || Array($0.utf8).ends(with: Array(ending.utf8))
        }
    }

    /// All that comes until the server closes.
    func receiveAll() async throws -> String { try await receive { _ in false } }

    private func onQueue<Result: Sendable>(
        _ body: @escaping @Sendable (Int32) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in continuation.resume(with: Swift.Result { try body(descriptor) }) }
        }
    }
}

extension [UInt8] {
    func ends(with ending: [UInt8]) -> Bool { suffix(ending.count).elementsEqual(ending) }
}

/// A handler made of a closure.
struct Handler: RequestHandler {
    let body: @Sendable (ServerRequest) async -> ServerResponse

    func respond(to request: ServerRequest) async -> ServerResponse { await body(request) }
}

/// Something that happens once and can be waited for.
actor Signal {
    private var isSet = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    func set() {
        isSet = true
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    func wait() async {
        if isSet { return }
        await withCheckedContinuation { waiters.append($0) }
    }
}

/// Runs a server for the time of `body`, then stops it and waits for its end. Its clients may be slow: on a busy machine
/// they are.
func withServer(
    host: UInt32 = 1, limits change: (inout HTTPLimits) -> Void = { _ in },
    log: (@Sendable (RequestSummary) -> Void)? = nil,
    handler: @escaping @Sendable (ServerRequest) async -> ServerResponse,
    body: (Server, Int) async throws -> Void
) async throws {
    var configuration = Server.Configuration()
    configuration.host = "127.0.0.\(host)"
    configuration.port = 0
    configuration.limits.tickMilliseconds = 10
    configuration.limits.drainGraceMilliseconds = 10_000
    configuration.limits.firstByteTimeoutMilliseconds = 120_000
    configuration.limits.headTimeoutMilliseconds = 120_000
    configuration.limits.bodyTimeoutMilliseconds = 120_000
    change(&configuration.limits)
    let ids = Mutex(0)
    let server = Server(
        configuration: configuration, handler: Handler(body: handler), logger: Logger(label: "test"),
        makeRequestID: {
            ids.withLock { count in
                count += 1
                return "id-\(count)"
            }
        },
        onRequestFinished: log, wallClock: { 784_111_777 })
    let port = try server.listen()
    let run = Task { try await server.run() }
    let result: Result<Void, any Error>
    do { result = .success(try await body(server, port)) } catch { result = .failure(error) }
    server.shutdown()
    try await run.value
    try result.get()
}

/// Answers with the path.
@Sendable func echoPath(_ request: ServerRequest) async -> ServerResponse {
    ServerResponse(status: .ok, body: .bytes(Array(request.target.utf8)))
}
