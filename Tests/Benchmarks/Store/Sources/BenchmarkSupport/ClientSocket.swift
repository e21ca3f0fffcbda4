import Glibc

/// A blocking connection to a server on this machine.
public final class ClientSocket {
    private let descriptor: Int32

    /// Connects.
    public init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            let code = errno
            close(descriptor)
            throw BenchmarkFailure("connect: \(String(cString: strerror(code)))")
        }
    }

    deinit { close(descriptor) }

    /// Sends all of a text; false once the server has closed.
    @discardableResult
    public func send(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) == $0.count
        }
    }

    /// Reads once; the bytes that came, none once the server has closed.
    public func receive() -> ArraySlice<UInt8> {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return buffer.prefix(max(count, 0))
    }

    /// Sends nothing more.
    public func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Makes the connection end with a reset.
    public func resetWhenReleased() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
