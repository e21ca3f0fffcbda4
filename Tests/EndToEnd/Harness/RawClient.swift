import Foundation
import Glibc

/// A blocking connection to a service, for what curl does not do.
final class RawClient {
    private let descriptor: Int32

    /// Connects to the service behind a URL.
    /// - Parameter patience_s: how long nothing may come.
    init(_ url: String, patience_s: Int = 20) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0, let port = URL(string: url)?.port.flatMap({ UInt16(exactly: $0) }) else {
            throw Failure("no socket for \(url)")
        }
        var limit = timeval(tv_sec: patience_s, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure("cannot connect: \(errno)") }
    }

    deinit { close(descriptor) }

    /// Sends text.
    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failure("cannot send: \(errno)")
        }
    }

    /// Says that nothing more is sent.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Lets the connection end with a reset when it is released.
    func resetAtEnd() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// All that comes until the service closes.
    func receiveAll() throws -> String {
        var all: [UInt8] = []
        while let piece = try receive() { all += piece }
        return String(decoding: all, as: UTF8.self)
    }

    /// The body of an answer that tells its length.
    func receiveBody() throws -> Data {
        var all = Data()
        while let piece = try receive() {
            all += piece
            guard let end = all.firstRange(of: Data("\r\n\r\n".utf8)) else { continue }
            let head = String(decoding: all[..<end.lowerBound], as: UTF8.self)
            let length = head.firstMatch(of: /(?i)\r\ncontent-length: *([0-9]+)/).flatMap { Int($0.1) } ?? 0
            if all.count - end.upperBound >= length { return all[end.upperBound...] }
        }
        throw Failure("the answer is cut off: \(String(decoding: all, as: UTF8.self))")
    }

    /// What comes next; nil at the end.
    private func receive() throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Failure("cannot receive: \(errno)") }
        return count == 0 ? nil : Array(buffer[..<count])
    }
}
