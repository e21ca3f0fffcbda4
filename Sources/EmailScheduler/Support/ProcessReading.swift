import Foundation
import Glibc
import ScheduleAPI

/// Reads what the process needs of the machine.
struct ProcessReading: Sendable {
    let dataDirectory: String
    let startedAt: Int64

    /// The figures as they are now.
    var figures: ProcessFigures {
        var figures = ProcessFigures()
        figures.startedAt = startedAt
        figures.uptime_s = Composition.unixSeconds() - startedAt
        figures.cpu_s = Self.cpu_s
        figures.residentBytes = Self.residentBytes
        figures.openFiles = Self.openFiles
        let files = (try? FileManager.default.contentsOfDirectory(atPath: dataDirectory)) ?? []
        figures.databaseBytes = bytes(of: files, ending: ".sqlite3")
        figures.logBytes = bytes(of: files, ending: ".sqlite3-wal")
        var disk = statvfs()
        if statvfs(dataDirectory, &disk) == 0 {
            figures.freeBytes = Int(clamping: UInt64(disk.f_bavail) * UInt64(disk.f_frsize))
        }
        return figures
    }

    /// Files and sockets that are open; nil where no other can be.
    static var openFiles: Int? {
        // Not counted is the one that counting takes.
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count).map { $0 - 1 }
    }

    private func bytes(of files: [String], ending suffix: String) -> Int {
        files.filter { $0.hasSuffix(suffix) }.reduce(0) { sum, name in
            var status = stat()
            return stat("\(dataDirectory)/\(name)", &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }

    private static var cpu_s: Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The second number of `/proc/self/statm` is pages in memory.
    private static var residentBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * Int(getpagesize())
    }
}
