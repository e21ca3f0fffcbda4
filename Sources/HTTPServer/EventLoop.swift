import Dispatch
import Glibc
import HTTPHandling
import HTTPWire
import Synchronization

/// A serial queue that serves many sockets, and the executor of their handlers.
///
/// Everything of a connection happens on its loop. A handler's jobs run there too, straight after the event that
/// caused them, so that an answer that needs no waiting needs no other thread. A Dispatch source tells an idle loop
/// that sockets are ready; a busy one waits for them itself, for a moment, before it goes back to being idle.
final class EventLoop: TaskExecutor, @unchecked Sendable {
    private enum Phase: UInt8, AtomicRepresentable { case idle, busy, waiting }

    private let queue: DispatchQueue
    private let poller = Poller()
    private let limits: HTTPLimits
    private let wallClock: @Sendable () -> Int64
    private let timer: any DispatchSourceTimer
    private let readiness: any DispatchSourceRead
    private let wake: @Sendable () -> Void
    private let phase = Atomic(Phase.idle)
    /// The thread that is on the loop now, as a number; 0 for none.
    private let owner = Atomic<UInt>(0)
    /// What other threads have to be done here.
    private let inbox = Mutex<[@Sendable () -> Void]>([])

    // Only touched on the loop.
    private var jobs: [UnownedJob] = []
    private var connections: [Int32: Connection] = [:]
    private var dateSecond: Int64 = -1
    private var nextTick: UInt64 = 0
    /// Where sockets are read into, shared by all connections of the loop.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    /// Monotonic milliseconds, as of the event being handled.
    private(set) var now: UInt64 = 0
    /// The current IMF-fixdate.
    private(set) var date: [UInt8] = []

    init(index: Int, limits: HTTPLimits, wallClock: @escaping @Sendable () -> Int64) {
        self.limits = limits
        self.wallClock = wallClock
        wake = poller.wake
        queue = DispatchQueue(label: "http.loop.\(index)", qos: .userInitiated)
        timer = DispatchSource.makeTimerSource(queue: queue)
        readiness = DispatchSource.makeReadSource(fileDescriptor: poller.descriptor, queue: queue)
        let interval = DispatchTimeInterval.milliseconds(Int(clamping: limits.tickMilliseconds))
        timer.schedule(deadline: .now() + interval, repeating: interval, leeway: .milliseconds(1))
        timer.setEventHandler { [weak self] in self?.serve() }
        timer.activate()
        readiness.setEventHandler { [weak self] in self?.serve() }
        // The loop, and with it the descriptor, lives until Dispatch has let go of it.
        readiness.setCancelHandler { [self] in withExtendedLifetime(self) {} }
        readiness.activate()
    }

    deinit { readBuffer.deallocate() }

    /// Whether the caller is on the loop.
    var isCurrent: Bool { owner.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Runs `body` on the loop: at once if the caller is there, else soon.
    func execute(_ body: @escaping @Sendable () -> Void) {
        if isCurrent { return body() }
        inbox.withLock { $0.append(body) }
        // The loop looks into its inbox after it has said that it waits or is idle: one of the two sees the other.
        switch phase.load(ordering: .sequentiallyConsistent) {
        case .busy: break
        case .waiting: wake()
        case .idle: queue.async { self.serve() }
        }
    }

    /// Serves sockets, other threads' wishes and deadlines until there is nothing to do.
    private func serve() {
        owner.store(UInt(pthread_self()), ordering: .relaxed)
        defer { owner.store(0, ordering: .relaxed) }
        var isIdle = false
        repeat {
            phase.store(.busy, ordering: .relaxed)
            refreshClock()
            for body in inbox.withLock({ bodies in
                defer { bodies = [] }
                return bodies
            }) { body() }
            runJobs()
            if now >= nextTick { tick() }
            phase.store(.waiting, ordering: .sequentiallyConsistent)
            let mayWait = jobs.isEmpty && inboxIsEmpty
            let wasReady = poller.wait(milliseconds: mayWait ? limits.busyWaitMilliseconds : 0) {
                socket, interest in
                refreshClock()
                connections[socket]?.ready(interest)
                runJobs()
            }
            guard !wasReady, mayWait else { continue }
            phase.store(.idle, ordering: .sequentiallyConsistent)
            isIdle = inboxIsEmpty
        } while !isIdle
    }

    private var inboxIsEmpty: Bool { inbox.withLock { $0.isEmpty } }

    /// Runs what handlers have to go on with; one that keeps yielding gets a few turns before others get theirs.
    private func runJobs() {
        var rounds = 0
        while !jobs.isEmpty, rounds < 64 {
            rounds += 1
            var batch: [UnownedJob] = []
            swap(&batch, &jobs)
            for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
            if jobs.isEmpty {
                batch.removeAll(keepingCapacity: true)
                swap(&batch, &jobs)
            }
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent { jobs.append(job) } else { execute { self.jobs.append(job) } }
    }

    // MARK: Time

    /// Monotonic nanoseconds.
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    private func refreshClock() {
        now = Self.nanoseconds() / 1_000_000
        let second = wallClock()
        if second != dateSecond {
            dateSecond = second
            date = HTTPDate.format(unixSeconds: second)
        }
    }

    /// One coarse sweep over all deadlines serves any number of idle connections without a timer each.
    private func tick() {
        nextTick = now + limits.tickMilliseconds
        let late = connections.values.filter { $0.deadline <= now }
        for connection in late { connection.timedOut() }
        runJobs()
    }

    // MARK: Connections

    /// Takes a connection, whose socket is watched from now on for what it wants to read.
    /// - Returns: whether the kernel had room for it.
    func add(_ connection: Connection) -> Bool {
        connections[connection.descriptor] = connection
        return poller.add(connection.descriptor, .read)
    }

    /// Changes what a connection's socket waits for.
    func watch(_ connection: Connection, for interest: Poller.Interest) {
        poller.change(connection.descriptor, interest)
    }

    func remove(_ connection: Connection) { connections[connection.descriptor] = nil }

    /// Closes what is idle and lets the rest finish.
    func drain() { for connection in Array(connections.values) { connection.drain() } }

    /// Drops everything.
    func abort() { for connection in Array(connections.values) { connection.close() } }

    /// Ends the sources; the loop is not used afterwards.
    func stop() {
        timer.cancel()
        readiness.cancel()
    }
}
