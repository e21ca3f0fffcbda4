import Dispatch
import Glibc
import HTTPWire
import Synchronization

/// A serial queue that serves many sockets, and the executor of their handlers.
///
/// Everything of a connection happens on its loop. A handler's jobs run there too, straight after the event that
/// caused them, so that an answer that needs no waiting needs no other thread.
final class EventLoop: TaskExecutor, @unchecked Sendable {
    let queue: DispatchQueue
    private let limits: HTTPLimits
    private let wallClock: @Sendable () -> Int64
    private let timer: any DispatchSourceTimer
    /// The thread that is on the loop now, as a number; 0 for none.
    private let owner = Atomic<UInt>(0)

    // Only touched on the loop.
    private var jobs: [UnownedJob] = []
    private var busy: [Connection] = []
    private var polled: [pollfd] = []
    private var willServeBusy = false
    private var connections: [ObjectIdentifier: Connection] = [:]
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
        // A queue without a target of its own draws on threads without bound.
        queue = DispatchQueue(label: "http.loop.\(index)", target: .global(qos: .userInitiated))
        timer = DispatchSource.makeTimerSource(queue: queue)
        let interval = DispatchTimeInterval.milliseconds(Int(clamping: limits.tickMilliseconds))
        timer.schedule(deadline: .now() + interval, repeating: interval, leeway: .milliseconds(1))
        timer.setEventHandler { [weak self] in self?.enter {} }
        timer.activate()
    }

    deinit {
        timer.cancel()
        readBuffer.deallocate()
    }

    /// Whether the caller is on the loop.
    var isCurrent: Bool { owner.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Runs `body` on the loop: at once if the caller is there, else soon.
    func execute(_ body: @escaping @Sendable () -> Void) {
        if isCurrent { body() } else { queue.async { self.enter(body) } }
    }

    /// Takes an event, on the queue: runs it and everything it makes ready.
    func enter(_ body: () -> Void) {
        owner.store(UInt(pthread_self()), ordering: .relaxed)
        defer { owner.store(0, ordering: .relaxed) }
        refreshClock()
        body()
        runJobs()
        if now >= nextTick { tick() }
    }

    // MARK: Busy connections

    /// Takes a connection that had an event under closer watch, as long as it stays busy. Asking `poll` for all
    /// busy connections at once costs a fraction of what one Dispatch event for each of them costs.
    /// - Returns: whether there was room.
    func watch(_ connection: Connection) -> Bool {
        guard busy.count < limits.busyConnections else { return false }
        busy.append(connection)
        return true
    }

    /// Serves the busy connections until none of them has anything, giving way to the queue in between.
    func serveBusy() {
        runJobs()
        guard !willServeBusy else { return }
        let start = Self.nanoseconds()
        var misses = 0
        while misses <= limits.busyPollMisses {
            polled.removeAll(keepingCapacity: true)
            for connection in busy { polled.append(connection.pollRequest) }
            guard polled.contains(where: { $0.fd >= 0 }) else { break }
            if poll(&polled, nfds_t(polled.count), 0) > 0 {
                misses = 0
                refreshClock()
                for index in 0..<polled.count where polled[index].revents != 0 {
                    busy[index].readable()
                    runJobs()
                }
            } else {
                misses += 1
                sched_yield()
            }
            if Self.nanoseconds() &- start > 500_000 {
                cool(olderThan: 5)
                willServeBusy = true
                queue.async {
                    self.enter {
                        self.willServeBusy = false
                        self.serveBusy()
                    }
                }
                return
            }
        }
        cool(olderThan: 0)
    }

    private func cool(olderThan age: UInt64) {
        busy.removeAll { connection in
            guard age == 0 || connection.lastEvent + age <= now else { return false }
            connection.unwatched()
            return true
        }
    }

    private func runJobs() {
        var rounds = 0
        while !jobs.isEmpty {
            guard rounds < 64 else {
                // A handler that keeps yielding must not keep the others waiting.
                queue.async { self.enter {} }
                return
            }
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
        if isCurrent {
            jobs.append(job)
        } else {
            queue.async { self.enter { job.runSynchronously(on: self.asUnownedTaskExecutor()) } }
        }
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

    func add(_ connection: Connection) { connections[ObjectIdentifier(connection)] = connection }

    func remove(_ connection: Connection) { connections[ObjectIdentifier(connection)] = nil }

    /// Closes what is idle and lets the rest finish.
    func drain() { for connection in Array(connections.values) { connection.drain() } }

    /// Drops everything.
    func abort() { for connection in Array(connections.values) { connection.abort() } }

    /// Ends the timer; the loop is not used afterwards.
    func stop() { timer.cancel() }
}
