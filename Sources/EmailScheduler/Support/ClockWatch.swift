import Glibc
import Synchronization

/// Notices that the clock shows a time before one that it has shown: it was set back, or is wrong now.
///
/// Nothing breaks then: what is stored is ordered by numbers, not by times. But leases, kept answers and daily runs
/// wait for a time that was there before. The latest time is remembered as the modification time of a file, so that a
/// machine that starts with a wrong clock is noticed too.
final class ClockWatch: Sendable {
    /// How far back is nothing: clocks are corrected all the time.
    static let tolerance_s: Int64 = 60

    private let path: String
    private let latest: Mutex<Int64>

    /// A watch that remembers in a file, which exists.
    init(path: String, now: Int64) {
        self.path = path
        var status = stat()
        latest = Mutex(stat(path, &status) == 0 ? max(Int64(status.st_mtim.tv_sec), now) : now)
    }

    /// How many seconds the clock is behind the latest time that it has shown, where that is more than nothing.
    func behind_s(now: Int64) -> Int64? {
        let behind = latest.withLock { latest in
            latest = max(latest, now)
            return latest - now
        }
        return behind > Self.tolerance_s ? behind : nil
    }

    /// Remembers the time for the next process.
    func save(now: Int64) {
        let time = timespec(tv_sec: Int(now), tv_nsec: 0)
        _ = utimensat(AT_FDCWD, path, [time, time], 0)
    }
}
