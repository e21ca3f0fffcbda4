import Foundation

/// The service, in a process of its own, spoken to with curl.
final class Service {
    private let process = Process()
    private let port: Int
    private let answers: String

    /// Processor time that it has taken so far, in the kernel too.
    var processorSeconds: Double {
        get throws {
            let stat = try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
            // Behind the name, which may hold anything: the state first, the times as the 12th and 13th.
            let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
            let ticks = fields.dropFirst(11).prefix(2).compactMap { Double($0) }.reduce(0, +)
            return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
    }

    /// Starts it and waits until it is ready.
    init(_ space: Workspace, _ options: String...) throws {
        port = 20_000 + Int(ProcessInfo.processInfo.processIdentifier) % 20_000
        answers = space.path("answer")
        process.executableURL = URL(filePath: space.binary)
        process.arguments = [
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
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// Makes an organisation.
    func create(_ organization: String) throws {
        try curl(
            "v1/orgs", "--json", #"{"id":"\#(organization)","name":"Speed","time_zone":"America/Chicago"}"#)
    }

    /// Imports a file and returns the seconds that it took.
    func post(_ file: String, type: String, to organization: String) throws -> Double {
        try curl(
            "v1/orgs/\(organization)/contacts/import", "--header", "Content-Type: \(type)", "--request",
            "POST",
            "--header", "Expect:", "--upload-file", file
        ).seconds
    }

    /// Sets a key that messages to a webhook are verified with.
    func setKey(_ name: String, _ value: String, of organization: String) throws {
        try curl(
            "v1/orgs/\(organization)/webhook-keys", "--request", "PUT", "--json", #"{"\#(name)":"\#(value)"}"#)
    }

    /// Sends messages to a webhook, as many at a time as there are lists, each list over one connection.
    func post(_ lists: [[SignedMessage]], to webhook: String, of organization: String) throws -> Double {
        let url = "http://127.0.0.1:\(port)/v1/orgs/\(organization)/webhooks/\(webhook)"
        let start = ContinuousClock.now
        let clients = try lists.enumerated().map { number, messages in
            let requests = messages.map { message in
                (message.fields + ["Content-Type: application/json"]).map { "header = \"\($0)\"" }
                    + ["url = \"\(url)\"", "data-binary = \"@\(message.file)\"", "output = \"\(answers)\"", "fail"]
            }
            let file = "\(answers)-\(number)"
            try requests.map { $0.joined(separator: "\n") }.joined(separator: "\nnext\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
            let client = Process()
            client.executableURL = URL(filePath: "/usr/bin/curl")
            client.arguments = ["--silent", "--config", file]
            try client.run()
            return client
        }
        for client in clients {
            client.waitUntilExit()
            guard client.terminationStatus == 0 else { throw BenchmarkFailure("a message is refused") }
        }
        return (ContinuousClock.now - start) / .seconds(1)
    }

    @discardableResult
    private func curl(_ path: String, _ options: String...) throws -> Measurement {
        try Measurement(
            of: "curl",
            ["--silent", "--fail", "--output", answers] + options + ["http://127.0.0.1:\(port)/\(path)"])
    }
}
