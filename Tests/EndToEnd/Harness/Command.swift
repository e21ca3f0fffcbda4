import Foundation

/// A program run to its end.
struct Command {
    let status: Int32
    let output: String
    let errors: String

    /// Runs a program and waits for it. Output goes through files, so that no pipe can fill.
    @discardableResult
    init(
        _ path: String, _ arguments: [String], in directory: URL = Repository.root, input: URL? = nil,
        environment: [String: String] = [:]
    ) throws {
        let scratch = try Scratch()
        let out = scratch.url.appending(path: "out")
        let err = scratch.url.appending(path: "err")
        for file in [out, err] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        try process.runWithSignals()
        process.waitUntilExit()
        status = process.terminationStatus
        output = String(decoding: try Data(contentsOf: out), as: UTF8.self)
        errors = String(decoding: try Data(contentsOf: err), as: UTF8.self)
    }

    /// A line of shell.
    @discardableResult
    static func shell(
        _ line: String, in directory: URL = Repository.root, environment: [String: String] = [:]
    ) throws -> Command {
        try Command("/bin/bash", ["-c", line], in: directory, environment: environment)
    }
}

extension Process {
    /// Starts the process with no signal blocked. The threads that tests run on block nearly all of them, and a
    /// process inherits that.
    func runWithSignals() throws {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }
}

/// This repository.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}

/// A folder of one test, gone when the test is.
final class Scratch: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "email-scheduler-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func path(_ name: String) -> String { url.appending(path: name).path }

    deinit { try? FileManager.default.removeItem(at: url) }
}

/// The binary under test: the one that `EMAIL_SCHEDULER_BINARY` names, else the one beside this test.
enum Binary {
    static let path: String = {
        if let path = ProcessInfo.processInfo.environment["EMAIL_SCHEDULER_BINARY"] { return path }
        return Bundle.main.bundleURL.appending(path: "email-scheduler").path
    }()

    /// Runs a subcommand to its end.
    static func run(_ arguments: String..., input: URL? = nil) throws -> Command {
        try Command(path, arguments, input: input)
    }
}
