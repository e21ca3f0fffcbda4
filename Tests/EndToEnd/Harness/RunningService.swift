import Foundation
import Synchronization

/// A service process on a free port, with its log.
final class RunningService: Sendable {
    let url: String
    let dataDirectory: String
    private let process: Process
    private let log: Log

    /// Starts `serve` and waits until it listens.
    ///
    /// - Parameter wrapper: A program, with its arguments, that becomes the service.
    init(
        dataDirectory: String, _ arguments: String..., wrapper: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        self.dataDirectory = dataDirectory
        process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments =
            ["-c", "exec \"$0\" \"$@\""] + wrapper + [Binary.path, "serve", "--data-dir", dataDirectory]
            + ["--port", "0"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        let log = Log()
        self.log = log
        pipe.fileHandleForReading.readabilityHandler = { handle in log.append(handle.availableData) }
        try process.runWithSignals()
        url = try log.waitForAddress()
    }

    /// Starts `serve` and kills it before it may have come to listen.
    static func killWhileStarting(dataDirectory: String, after_ms: Int) throws {
        let process = Process()
        process.executableURL = URL(filePath: Binary.path)
        process.arguments = ["serve", "--data-dir", dataDirectory, "--port", "0"]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.runWithSignals()
        usleep(UInt32(after_ms) * 1000)
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// What the service has logged so far.
    var logText: String { log.text }

    /// Files and sockets that the process has open.
    var descriptors: Int {
        get throws {
            try FileManager.default.contentsOfDirectory(
                atPath: "/proc/\(process.processIdentifier)/fd"
            ).count
        }
    }

    /// Sets a limit of the process while it goes on, by its name for `prlimit`: a number or `unlimited`.
    func limit(_ resource: String, to value: String) throws {
        let set = try Command(
            "/usr/bin/prlimit", ["--pid", "\(process.processIdentifier)", "--\(resource)=\(value):"])
        guard set.status == 0 else { throw Failure(set.errors) }
    }

    /// Takes the process every descriptor that it does not use.
    func exhaustDescriptors() throws {
        let used = Set(
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd")
                .compactMap { Int($0) })
        try limit("nofile", to: "\((0...).first { !used.contains($0) } ?? 0)")
    }

    /// Memory that the process has, in KiB.
    var residentKiB: Int {
        get throws {
            let status = try String(
                contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            return status.firstMatch(of: /VmRSS:\s+([0-9]+)/).flatMap { Int($0.1) } ?? 0
        }
    }

    /// The admin token of the data directory.
    var token: String {
        get throws {
            try String(contentsOfFile: "\(dataDirectory)/admin-token", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// Asks the process to end, waits, and returns its exit status.
    @discardableResult
    func terminate() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Ends the process as a crash would.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    deinit { if process.isRunning { kill() } }

    /// An answer.
    struct Answer {
        let status: Int
        let body: String

        /// The body as a JSON object; empty where it is none.
        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
        }
    }

    /// Sends a request with curl and the admin token.
    func request(_ path: String, _ options: String..., token: String? = nil) throws -> Answer {
        try request(path, options: options, token: token)
    }

    /// Sends a request with curl and the admin token.
    func request(_ path: String, options: [String], token: String? = nil) throws -> Answer {
        let scratch = try Scratch()
        let body = scratch.path("body")
        let secret = try token ?? self.token
        let curl = try Command(
            "/usr/bin/curl",
            ["--silent", "--show-error", "--output", body, "--write-out", "%{http_code}"]
                + ["--header", "Authorization: Bearer \(secret)"] + options + [url + path])
        let text = (try? String(contentsOfFile: body, encoding: .utf8)) ?? ""
        return Answer(status: Int(curl.output) ?? 0, body: text)
    }

    /// Makes an organisation.
    func makeOrganization(_ id: String) throws {
        let answer = try request("/v1/orgs", "--json", #"{"id":"\#(id)"}"#)
        guard answer.status == 201 else { throw Failure("organisation: \(answer.status) \(answer.body)") }
    }

    /// Asks for a full run, for a date or the current one, and waits until it has ended. Returns the run.
    func fullRun(_ organization: String, today: String?, options: String = "") throws -> [String: Any] {
        let date = today.map { #","today":"\#($0)""# } ?? ""
        let answer = try request(
            "/v1/orgs/\(organization)/scheduler-runs", "--json",
            #"{"kind":"full"\#(date)\#(options)}"#)
        guard answer.status == 202, let id = answer.json["id"] as? Int else {
            throw Failure("run: \(answer.status) \(answer.body)")
        }
        return try end(ofRun: id, organization)
    }

    /// Waits until a run has ended, and returns it.
    func end(ofRun id: Int, _ organization: String) throws -> [String: Any] {
        try pollRun(id, organization) { !["queued", "running"].contains($0["state"] as? String) }
    }

    /// Asks for a run until it is as wanted.
    func pollRun(
        _ id: Int, _ organization: String, until isWanted: ([String: Any]) -> Bool
    ) throws -> [String: Any] {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            let answer = try request("/v1/orgs/\(organization)/scheduler-runs/\(id)")
            if answer.status == 200, isWanted(answer.json) { return answer.json }
        }
        throw Failure("run \(id) does not get on")
    }

    /// Imports made-up contacts.
    func importGenerated(_ count: Int, into organization: String, _ scratch: Scratch) throws {
        let file = scratch.path("generated.csv")
        let generated = try Binary.run("generate", "--contacts", "\(count)", "--seed", "5", "--output", file)
        let imported = try request(
            "/v1/orgs/\(organization)/contacts/import", "--header", "Content-Type: text/csv", "--data-binary",
            "@\(file)")
        guard generated.status == 0, imported.status == 200 else {
            throw Failure("import: \(generated.errors) \(imported.body)")
        }
    }
}

extension RunningService {
    /// Waits until no run of an organisation is queued or running.
    func waitForRuns(of organization: String) throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            let runs = try request("/v1/orgs/\(organization)/metrics").json["runs"] as? [String: Any]
            let states = runs?["by_state"] as? [String: Int]
            if let states, states["queued"] == 0, states["running"] == 0 { return }
        }
        throw Failure("the runs of \(organization) do not end")
    }
}

/// A test's own failure.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Collects what a process logs, and wakes who waits for the address in it.
private final class Log: Sendable {
    private let bytes = Mutex(Data())
    private let changed = DispatchSemaphore(value: 0)

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    func append(_ data: Data) {
        bytes.withLock { $0.append(data) }
        changed.signal()
    }

    func waitForAddress() throws -> String {
        while changed.wait(timeout: .now() + 30) == .success {
            if let match = text.firstMatch(of: /Listening on (http:\/\/[0-9.]+:[0-9]+)/) {
                return String(match.1)
            }
        }
        throw Failure("the service does not start: \(text)")
    }
}
