import BenchmarkSupport
import Foundation

/// The service, in a process of its own, spoken to with curl.
public final class Service {
    private let process = Process()
    /// Where it listens on 127.0.0.1.
    public let port: Int
    private let answers: String

    /// Processor time that it has taken so far, in the kernel too.
    var processorSeconds: Double {
        get throws {
            let file = "/proc/\(process.processIdentifier)/stat"
            // Behind the name, which may hold anything: the state first, the times as the 12th and 13th.
            let fields = try String(contentsOfFile: file, encoding: .utf8).split(separator: ")").last?
                .split(separator: " ")
            let ticks = fields?.dropFirst(11).prefix(2).compactMap { Double($0) }.reduce(0, +) ?? 0
            return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
    }

    /// Starts it and waits until it is ready.
    public init(_ space: Workspace, _ options: String...) throws {
        port = 20_000 + Int(ProcessInfo.processInfo.processIdentifier) % 20_000
        answers = space.path("answer")
        process.executableURL = URL(filePath: space.binary)
        process.arguments =
            [
                "serve", "--data-dir", space.path("data"), "--port", "\(port)", "--no-auth",
            ] + options
        process.standardError = FileHandle.nullDevice
        try process.run()
        let deadline = Date(timeIntervalSinceNow: 20)
        while (try? curl("readyz")) == nil {
            guard Date() < deadline, process.isRunning else {
                throw BenchmarkFailure("the service does not start")
            }
            usleep(50_000)
        }
    }

    /// Ends it.
    public func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// Makes an organisation.
    public func create(_ organization: String) throws {
        try curl(
            "v1/orgs", "--json", #"{"id":"\#(organization)","name":"Speed","time_zone":"America/Chicago"}"#)
    }

    /// Imports a file and returns the seconds that it took.
    public func post(_ file: String, type: String, to organization: String) throws -> Double {
        try curl(
            "v1/orgs/\(organization)/contacts/import", "--header", "Content-Type: \(type)", "--request",
            "POST",
            "--header", "Expect:", "--upload-file", file
        ).seconds
    }

    @discardableResult
    private func curl(_ path: String, _ options: String...) throws -> Measurement {
        try Measurement(
            of: "curl",
            ["--silent", "--fail", "--output", answers] + options + ["http://127.0.0.1:\(port)/\(path)"])
    }
}
