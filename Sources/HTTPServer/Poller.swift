import CEpoll
import Glibc

/// The sockets of a loop and what each waits for, held by the kernel (epoll).
///
/// An epoll descriptor is itself readable whenever one of its sockets is ready, so that one Dispatch source watches
/// any number of connections, and asking for all of them is one system call.
final class Poller {
    /// What a socket waits for; a reset or hang-up is told in any case.
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let read = Interest(rawValue: UInt32(EPOLLIN.rawValue))
        static let write = Interest(rawValue: UInt32(EPOLLOUT.rawValue))
        /// The connection is gone in both directions.
        static let gone = Interest(rawValue: UInt32(EPOLLERR.rawValue) | UInt32(EPOLLHUP.rawValue))
    }

    /// What Dispatch watches.
    let descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    private let alarm = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 256)

    init() { _ = add(alarm, .read) }

    deinit {
        events.deallocate()
        close(alarm)
        close(descriptor)
    }

    /// Ends a wait, from any thread.
    var wake: @Sendable () -> Void { { [alarm] in _ = eventfd_write(alarm, 1) } }

    /// Begins to watch a socket; closing it ends that.
    /// - Returns: whether the kernel had room for it.
    func add(_ socket: Int32, _ interest: Interest) -> Bool { control(EPOLL_CTL_ADD, socket, interest) }

    /// Changes what a socket waits for.
    func change(_ socket: Int32, _ interest: Interest) { _ = control(EPOLL_CTL_MOD, socket, interest) }

    private func control(_ operation: Int32, _ socket: Int32, _ interest: Interest) -> Bool {
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(fd: socket))
        return epoll_ctl(descriptor, operation, socket, &event) == 0
    }

    /// Waits until a socket is ready, and calls `body` with each that is and with what it is ready for.
    /// - Returns: whether anything came: a socket, or `wake`.
    func wait(milliseconds: Int32, _ body: (Int32, Interest) -> Void) -> Bool {
        let count = Int(epoll_wait(descriptor, events.baseAddress, Int32(events.count), milliseconds))
        for index in 0..<max(count, 0) {
            let socket = events[index].data.fd
            if socket == alarm {
                var value: eventfd_t = 0
                eventfd_read(alarm, &value)
            } else {
                body(socket, Interest(rawValue: events[index].events))
            }
        }
        return count > 0
    }
}
