import BenchmarkSupport
import Foundation

/// wrk, the client that asks as fast as it is answered.
struct Wrk {
    var connections: Int
    var seconds: Int

    /// Requests that a server answers in a second.
    ///
    /// - Parameter script: A Lua file that makes the requests; nil for GET.
    func requestsPerSecond(port: Int, path: String, script: String? = nil) throws -> Double {
        let wrk = Process()
        wrk.executableURL = URL(filePath: "/usr/bin/env")
        wrk.arguments =
            ["wrk", "--threads", "1", "--connections", "\(connections)", "--duration", "\(seconds)s"]
            + (script.map { ["--script", $0] } ?? []) + ["http://127.0.0.1:\(port)\(path)"]
        let pipe = Pipe()
        wrk.standardOutput = pipe
        try wrk.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        wrk.waitUntilExit()
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
            let value = line.split(separator: " ").last.flatMap({ Double($0) }), value > 0,
            !output.contains("Non-2xx")
        else { throw BenchmarkFailure("wrk said: \(output)") }
        return value
    }
}
