import Foundation

/// One connection that asks one thing after the other.
public final class KeepAliveClient {
    /// An answer, whole.
    public struct Answer {
        /// The status code.
        public let status: Int
        /// The body, as text.
        public let body: String
    }

    private let port: Int
    private var socket: ClientSocket

    /// Connects.
    public init(port: Int) throws {
        self.port = port
        socket = try ClientSocket(port: port)
    }

    /// Sends a request and waits for its answer; connects again where the server has had enough of a connection.
    ///
    /// - Parameter fields: Lines of further fields.
    @discardableResult
    public func send(
        _ method: String, _ path: String, _ body: String? = nil, fields: [String] = []
    ) throws -> Answer {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
        for field in fields { text += "\(field)\r\n" }
        if let body {
            text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        } else {
            text += "\r\n"
        }
        socket.send(text)
        let answer = try receive(method, path)
        guard answer.status < 400 else {
            throw BenchmarkFailure("\(method) \(path): \(answer.status) \(answer.body)")
        }
        return answer
    }

    private func receive(_ method: String, _ path: String) throws -> Answer {
        var received: [UInt8] = []
        while true {
            let piece = socket.receive()
            guard !piece.isEmpty else { throw BenchmarkFailure("\(method) \(path): no whole answer") }
            received += piece
            guard let headEnd = received.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
            let head = String(decoding: received[..<headEnd.lowerBound], as: UTF8.self)
                .split(separator: "\r\n")
            func value(of name: String) -> String? {
                head.first { $0.lowercased().hasPrefix(name) }
                    .map { $0.dropFirst(name.count).trimmingCharacters(in: .whitespaces) }
            }
            let body = received[headEnd.upperBound...]
            guard let status = head.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
                let length = Int(value(of: "content-length:") ?? "0")
            else { throw BenchmarkFailure("\(method) \(path): \(head)") }
            guard body.count >= length else { continue }
            if value(of: "connection:") == "close" { socket = try ClientSocket(port: port) }
            return Answer(status: status, body: String(decoding: body, as: UTF8.self))
        }
    }
}
