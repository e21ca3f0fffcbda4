import Glibc

/// A system call that failed while the server was set up.
public struct SocketError: Error, CustomStringConvertible {
    /// What was attempted.
    public let operation: String
    /// What it was attempted on, for example the address.
    public let subject: String
    /// The system's error number.
    public let code: Int32

    /// For operators: operation, subject and the system's words.
    public var description: String { "\(operation) \(subject): \(String(cString: strerror(code)))" }
}

/// The few socket calls the server makes.
enum Socket {
    enum Transfer { case bytes(Int), wouldBlock, ended, failed }

    /// A listening socket on the first address `host` resolves to.
    static func listen(host: String, port: Int, backlog: Int32) throws(SocketError) -> Int32 {
        let subject = "\(host):\(port)"
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let address = list?.pointee else {
            throw SocketError(operation: "resolve", subject: subject, code: EADDRNOTAVAIL)
        }
        defer { freeaddrinfo(list) }
        let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
        guard descriptor >= 0 else { throw SocketError(operation: "socket", subject: subject, code: errno) }
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR)
        var operation = "configure"
        var succeeded = configure(descriptor)
        if succeeded {
            operation = "bind"
            succeeded = bind(descriptor, address.ai_addr, address.ai_addrlen) == 0
        }
        if succeeded {
            operation = "listen on"
            succeeded = Glibc.listen(descriptor, backlog) == 0
        }
        guard succeeded else {
            let code = errno
            close(descriptor)
            throw SocketError(operation: operation, subject: subject, code: code)
        }
        return descriptor
    }

    /// Accepts one connection, ready for use, or returns nil with `errno` set.
    static func accept(_ listener: Int32) -> (descriptor: Int32, address: String)? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &storage) { bytes in
            let address = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            let descriptor = Glibc.accept(listener, address, &length)
            guard descriptor >= 0 else { return nil }
            guard configure(descriptor) else {
                close(descriptor)
                return nil
            }
            setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
            return (descriptor, address.map { numericHost($0, length) } ?? "")
        }
    }

    /// The port a socket is bound to.
    static func port(of descriptor: Int32) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &storage) { bytes in
            let address = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            guard let address, getsockname(descriptor, address, &length) == 0 else { return 0 }
            // The port is at the same place, in network order, for IPv4 and IPv6.
            return Int(bytes[2]) << 8 | Int(bytes[3])
        }
    }

    static func read(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
    ) -> Transfer {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .ended }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed
        }
    }

    /// Sends one piece of memory and then another, without raising SIGPIPE.
    static func write(
        _ descriptor: Int32, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer
    ) -> Transfer {
        var pieces = (iovec(first), iovec(second))
        return withUnsafeMutableBytes(of: &pieces) { pieces in
            var message = msghdr()
            message.msg_iov = pieces.assumingMemoryBound(to: iovec.self).baseAddress
            message.msg_iovlen = 2
            while true {
                let count = sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
                if count >= 0 { return .bytes(count) }
                if errno == EINTR { continue }
                return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed
            }
        }
    }

    private static func configure(_ descriptor: Int32) -> Bool {
        fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0
            && fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
    }

    private static func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32) {
        var on: Int32 = 1
        setsockopt(descriptor, level, name, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func numericHost(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> String {
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(address, length, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return ""
        }
        return host.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }
}

extension iovec {
    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self.init(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }
}
