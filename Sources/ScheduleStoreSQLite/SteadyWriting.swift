import CSyncFileRange
import GRDBSQLite
import Glibc

/// Has the library write to the disk steadily, and not all at once when it waits for the disk.
///
/// The system keeps what is written in memory until somebody waits for the disk. With a log of 64 MiB a processor and
/// the disk then do nothing else, and one request in a hundred takes four times as long as it would alone. Therefore
/// the system is told every 256 KiB to begin, which nobody waits for, and whoever writes much offers the processor
/// to others every 32 KiB. Both go by the place in the file, so that nothing has to be remembered.
///
/// When something is on the disk for good does not change: the library waits for it where it always does.
package enum SteadyWriting {
    private static let yielding_bytes: off_t = 32 << 10
    private static let beginning_bytes: off_t = 256 << 10

    private typealias Write = @convention(c) (Int32, UnsafeRawPointer?, Int, off_t) -> Int

    /// Done once, before the first connection. Where the library writes by another call, it goes on as it does.
    package static let isOn: Bool = {
        let call = "pwrite64"
        guard let vfs = sqlite3_vfs_find(nil), vfs.pointee.iVersion >= 3,
            vfs.pointee.xGetSystemCall?(vfs, call) != nil
        else { return false }
        let write = unsafeBitCast(SteadyWriting.write, to: sqlite3_syscall_ptr.self)
        return vfs.pointee.xSetSystemCall?(vfs, call, write) == SQLITE_OK
    }()

    private static let write: Write = { file, bytes, count, offset in
        let end = offset + off_t(count)
        if offset / yielding_bytes < end / yielding_bytes { sched_yield() }
        let written = pwrite(file, bytes, count, offset)
        let piece = end / beginning_bytes
        if written == count, offset / beginning_bytes < piece {
            // A page that is not full yet is left out. What goes wrong shows when somebody waits for the disk.
            _ = sync_file_range(file, 0, piece * beginning_bytes, UInt32(SYNC_FILE_RANGE_WRITE))
            sched_yield()
        }
        return written
    }
}
