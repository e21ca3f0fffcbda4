import Foundation

/// A subcommand of the binary that goes on beside the test.
final class RunningCommand {
    private let process = Process()
    private let scratch: Scratch

    init(_ arguments: String...) throws {
        scratch = try Scratch()
        for name in ["out", "err"] { try Data().write(to: scratch.url.appending(path: name)) }
        process.executableURL = URL(filePath: Binary.path)
        process.arguments = arguments
        process.standardOutput = try FileHandle(forWritingTo: scratch.url.appending(path: "out"))
        process.standardError = try FileHandle(forWritingTo: scratch.url.appending(path: "err"))
        process.standardInput = FileHandle.nullDevice
        try process.runWithSignals()
    }

    var isRunning: Bool { process.isRunning }

    /// What it has written to standard output and standard error so far.
    var output: String { text("out") }
    var errors: String { text("err") }

    private func text(_ name: String) -> String {
        (try? String(contentsOf: scratch.url.appending(path: name), encoding: .utf8)) ?? ""
    }

    func signal(_ number: Int32) { Foundation.kill(process.processIdentifier, number) }

    /// Waits for its end, and returns its exit status.
    func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit {
        guard process.isRunning else { return }
        signal(SIGKILL)
        process.waitUntilExit()
    }
}
