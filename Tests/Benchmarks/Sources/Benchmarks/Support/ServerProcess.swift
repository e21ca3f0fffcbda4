import BenchmarkSupport
import Foundation

/// A server in a process of its own: this program under another subcommand.
final class ServerProcess {
    let port: Int
    /// The process's id.
    var id: Int32 { process.processIdentifier }
    private let process = Process()

    /// Starts a server and waits until it takes connections.
    init(subcommand: String, port: Int, _ arguments: [String] = []) throws {
        self.port = port
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = [subcommand, "--port", String(port)] + arguments
        try process.run()
        let deadline = Date(timeIntervalSinceNow: 10)
        while (try? ClientSocket(port: port)) == nil {
            guard Date() < deadline, process.isRunning else {
                throw BenchmarkFailure("\(subcommand) does not listen on port \(port)")
            }
            usleep(20_000)
        }
    }

    /// Ends the process.
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// Resident memory in KiB.
    var residentKiB: Int {
        let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
            ?? 0
    }

    /// Open file descriptors.
    var descriptors: Int { openFiles.count }

    /// Those of them that are sockets, the listener included.
    var sockets: Int {
        openFiles.count { name in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/fd/\(name)")
            return target?.hasPrefix("socket:") == true
        }
    }

    private var openFiles: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd")) ?? []
    }

    /// Processor time used so far, in seconds.
    var processorSeconds: Double {
        let status = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
        // User and system time are the 12th and 13th field behind the name, in clock ticks.
        let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12 else { return 0 }
        return fields[11...12].compactMap { Double($0) }.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
