import Foundation
import Glibc

/// Thrown where a connection ends before an answer has come: whether the request was carried out is not known.
struct ConnectionLost: Error {}

/// A blocking client that keeps one connection open between requests, for many small ones.
final class KeepAliveClient {
    private let port: UInt16
    private let token: String
    private var descriptor: Int32 = -1
    private var received: [UInt8] = []

    /// A client of a service with its admin token.
    convenience init(_ service: RunningService) throws {
        try self.init(url: service.url, token: service.token)
    }

    /// A client of the service behind a URL.
    init(url: String, token: String) throws {
        guard let port = URL(string: url)?.port.flatMap({ UInt16(exactly: $0) }) else {
            throw Failure("no port in \(url)")
        }
        self.port = port
        self.token = token
    }

    deinit { disconnect() }

    /// Sends a request and waits for its answer.
    ///
    /// - Parameter fields: Lines of further fields.
    /// - Throws: `ConnectionLost`.
    func send(
        _ method: String, _ path: String, _ body: String = "", type: String = "application/json",
        fields: [String] = []
    ) throws -> RunningService.Answer {
        if descriptor < 0 { try connect() }
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n"
        for field in fields { head += "\(field)\r\n" }
        if !body.isEmpty || method == "POST" || method == "PUT" || method == "PATCH" {
            head += "Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
        }
        do {
            try transmit(Array("\(head)\r\n\(body)".utf8))
            return try receive()
        } catch {
            disconnect()
            throw error
        }
    }

    private func connect() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            disconnect()
            throw ConnectionLost()
        }
    }

    private func disconnect() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        received = []
    }

    private func transmit(_ bytes: [UInt8]) throws {
        var left = bytes[...]
        while !left.isEmpty {
            let count = left.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw ConnectionLost() }
            left = left.dropFirst(count)
        }
    }

    private func receiveMore() throws {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw ConnectionLost() }
        received += buffer[..<count]
    }

    private func receive() throws -> RunningService.Answer {
        let mark = Array("\r\n\r\n".utf8)
        while true {
            while received.firstRange(of: mark) == nil { try receiveMore() }
            guard let end = received.firstRange(of: mark) else { throw ConnectionLost() }
            let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).lowercased()
                .split(separator: "\r\n")
            received.removeFirst(end.upperBound)
            guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
            else {
                throw Failure("no status in \(lines)")
            }
            if status == 100 { continue }
            let length = lines.first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
            guard let length = status == 204 ? 0 : length else { throw Failure("no length in \(lines)") }
            while received.count < length { try receiveMore() }
            let body = String(decoding: received[..<length], as: UTF8.self)
            received.removeFirst(length)
            if lines.contains("connection: close") { disconnect() }
            return RunningService.Answer(status: status, body: body)
        }
    }
}

extension KeepAliveClient {
    /// All records of a list, page by page.
    func all(_ path: String) throws -> [[String: Any]] {
        var items: [[String: Any]] = []
        var cursor = ""
        while true {
            let answer = try send("GET", "\(path)\(path.contains("?") ? "&" : "?")limit=1000\(cursor)")
            guard answer.status == 200, let page = answer.json["items"] as? [[String: Any]] else {
                throw Failure("\(path): \(answer.status) \(answer.body)")
            }
            items += page
            guard let next = answer.json["next_cursor"] as? String else { return items }
            cursor = "&cursor=\(next)"
        }
    }
}
