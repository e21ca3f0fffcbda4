import Foundation
import FoundationNetworking

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
        guard let url = URL(string: url + path) else { throw Failure("no URL: \(path)") }
        var request = URLRequest(url: url, timeoutInterval: 120)
        request.httpMethod = method
        if method == "POST" {
            request.httpBody = try JSONSerialization.data(withJSONObject: body ?? [:])
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let answer = Answer()
        let isThere = DispatchSemaphore(value: 0)
        URLSession.shared.dataTask(with: request) { data, _, error in
            answer.data = data
            answer.error = error?.localizedDescription
            isThere.signal()
        }.resume()
        isThere.wait()
        guard let data = answer.data else { throw Failure("\(method) \(path): \(answer.error ?? "")") }
        let value = (try JSONSerialization.jsonObject(with: data) as? [String: Any])?["value"] ?? NSNull()
        if let problem = value as? [String: Any], let error = problem["error"] as? String {
            throw Failure("\(method) \(path): \(error): \(problem["message"] ?? "")")
        }
        return value
    }

    /// What came back; written before the semaphore is signalled and read after.
    private final class Answer: @unchecked Sendable {
        var data: Data?
        var error: String?
    }
}
