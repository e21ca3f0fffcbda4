import Foundation
import Testing

/// Every command of the README, run as it stands there, answers as it says there.
@Suite struct ReadmeTests {
    @Test func `the tour and the command line answer what the README shows`() throws {
        let scratch = try Scratch()
        let service = try RunningService(dataDirectory: scratch.path("data"))
        try FileManager.default.createSymbolicLink(
            at: scratch.url.appending(path: "Config"),
            withDestinationURL: Repository.root.appending(path: "Config"))
        let binaries = scratch.path("bin")
        try FileManager.default.createDirectory(atPath: binaries, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(binaries)/email-scheduler", withDestinationPath: Binary.path)

        let steps = Step.all(in: try Repository.text("README.md"))
        #expect(steps.count > 15)
        // All commands in one shell, each followed by a mark that no answer holds.
        let mark = "-- end of step \(UUID().uuidString)"
        var script = ""
        for step in steps {
            let command = step.command.replacing("http://127.0.0.1:8080", with: service.url)
                .replacing(".build/release", with: binaries)
            script += "\(command)\nprintf '\\n%s\\n' '\(mark)'\n"
        }
        let shell = try Command.shell(script, in: scratch.url)
        let answers = shell.output.components(separatedBy: mark)
        try #require(answers.count == steps.count + 1, "\(shell.errors)")
        for (step, answer) in zip(steps, answers) {
            #expect(
                Step.comparable(answer) == Step.comparable(step.output), "\(step.command)\n\(shell.errors)")
        }
    }

    @Test func `the commands that start and test exist and can be run`() throws {
        let readme = try Repository.text("README.md")
        let commands = readme.matches(of: /```sh\n(.*?)\n```/.dotMatchesNewlines()).map { String($0.1) }
        #expect(commands == ["Deploy/start", "Deploy/test"])
        for command in commands {
            #expect(
                FileManager.default.isExecutableFile(atPath: Repository.root.appending(path: command).path))
        }
    }

    @Test func `the start command ends up with sample data and a finished run, and can be run again`() throws
    {
        let scratch = try Scratch()
        for _ in 0..<2 {
            let start = Process()
            start.executableURL = Repository.root.appending(path: "Deploy/start")
            start.environment = ProcessInfo.processInfo.environment.merging([
                "DATA_DIR": scratch.path("data"), "PORT": try freePort(),
                "EMAIL_SCHEDULER_BINARY": Binary.path,
            ]) { $1 }
            let pipe = Pipe()
            start.standardOutput = pipe
            start.standardError = FileHandle.nullDevice
            try start.runWithSignals()
            var text = ""
            while !text.contains("Ctrl-C stops it."), case let data = pipe.fileHandleForReading.availableData,
                !data.isEmpty
            {
                text += String(decoding: data, as: UTF8.self)
            }
            #expect(text.contains("10,000 contacts and one finished run"))
            let examples = text.split(separator: "\n").filter { $0.contains("curl -H") }
            #expect(examples.count == 3)
            for example in examples {
                let answer = try Command.shell("\(example) --fail")
                #expect(answer.status == 0, "\(example)\n\(answer.errors)")
                #expect(answer.output.hasPrefix("{\"items\":[{"), "\(example)\n\(answer.output)")
            }
            start.terminate()
            start.waitUntilExit()
        }
        let count = try Command.shell(
            "sqlite3 '\(scratch.path("data"))/demo.sqlite3' 'SELECT count(*) FROM contacts; SELECT count(*) FROM scheduler_runs'"
        )
        #expect(count.output == "10000\n1\n")
    }

    private func freePort() throws -> String {
        let line =
            "python3 -c 'import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); print(s.getsockname()[1])'"
        return try Command.shell(line).output.trimmingCharacters(in: .newlines)
    }
}

/// A command of the README and what it answers.
private struct Step {
    let command: String
    var output = ""

    /// The steps of all console blocks, in order.
    static func all(in text: String) -> [Step] {
        var steps: [Step] = []
        for block in text.matches(of: /```console\n(.*?)```/.dotMatchesNewlines()) {
            for line in block.1.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("$ ") {
                    steps.append(Step(command: String(line.dropFirst(2))))
                } else if !steps.isEmpty {
                    steps[steps.count - 1].output += "\(line)\n"
                }
            }
        }
        return steps
    }

    /// A text without what differs from run to run.
    static func comparable(_ text: String) -> String {
        text.replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/, with: "<moment>").trimmingCharacters(
            in: .whitespacesAndNewlines)
    }
}
