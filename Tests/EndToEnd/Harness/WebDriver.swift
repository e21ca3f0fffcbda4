import Foundation

/// A ChromeDriver process and its interface (W3C WebDriver): JSON over HTTP.
final class WebDriver: Sendable {
    private let process: Process
    private let url: String

    /// Starts the driver on a free port.
    init() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/chromedriver")
        process.arguments = ["--port=0"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.runWithSignals()
        var said = ""
        var port: Substring?
        while port == nil {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { throw Failure("chromedriver does not start: \(said)") }
            said += String(decoding: data, as: UTF8.self)
            port = said.firstMatch(of: /started successfully on port ([0-9]+)/)?.1
        }
        self.process = process
        url = "http://127.0.0.1:\(port ?? "")"
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// Carries a command out and returns its value.
    @discardableResult
    func command(_ method: String, _ path: String, _ body: [String: Any]? = nil) throws -> Any {
        let content = try method == "POST" ? JSONSerialization.data(withJSONObject: body ?? [:]) : Data()
        let client = try RawClient(url, patience_s: 120)
        try client.send(
            "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(content.count)\r\n\r\n"
                + String(decoding: content, as: UTF8.self))
        let data = try client.receiveBody()
        let value = (try JSONSerialization.jsonObject(with: data) as? [String: Any])?["value"] ?? NSNull()
        if let problem = value as? [String: Any], let error = problem["error"] as? String {
            throw Failure("\(method) \(path): \(error): \(problem["message"] ?? "")")
        }
        return value
    }
}
