import Foundation

/// A machine whose clock can be set, and of whose disk is known what it would hold after a loss of power: `machine.c`,
/// preloaded into services.
struct Machine {
    private let library: String
    private let clock: URL
    /// Holds database files and logs as they were when last synced.
    let disk: URL

    init(_ scratch: Scratch) throws {
        library = scratch.path("machine.so")
        clock = scratch.url.appending(path: "clock")
        disk = scratch.url.appending(path: "disk")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        let compiler = try Command.shell(
            """
            "$(command -v clang || command -v cc)" -shared -fPIC -O1 \
            -o '\(library)' Tests/EndToEnd/Faults/machine.c
            """)
        guard compiler.status == 0 else { throw Failure(compiler.errors) }
        try setClock(ahead_s: 0)
    }

    /// What services on it are started with.
    var environment: [String: String] {
        ["LD_PRELOAD": library, "MACHINE_CLOCK": clock.path, "MACHINE_DISK": disk.path]
    }

    /// Sets the clock so many seconds before or, where negative, behind the right time.
    func setClock(ahead_s: Int64) throws {
        // Written in place: services have the file mapped.
        if !FileManager.default.fileExists(atPath: clock.path) { try Data(count: 8).write(to: clock) }
        let file = try FileHandle(forWritingTo: clock)
        try file.write(contentsOf: withUnsafeBytes(of: ahead_s) { Data($0) })
        try file.close()
    }
}
