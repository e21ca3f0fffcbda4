import Foundation

/// A headless Chromium with a fresh profile and one tab.
final class Browser {
    private let driver: WebDriver
    private let session: String

    /// Keys by their WebDriver code points.
    enum Key: String {
        case tab = "\u{E004}"
        case enter = "\u{E007}"
        case end = "\u{E010}"
        case home = "\u{E011}"
        case left = "\u{E012}"
        case up = "\u{E013}"
        case right = "\u{E014}"
        case down = "\u{E015}"
        case pageDown = "\u{E00F}"
    }

    /// Starts one.
    init() throws {
        driver = try WebDriver()
        // The sandbox needs privileges that containers seldom have; what is opened is our own.
        let options: [String: Any] = [
            "binary": "/usr/bin/chromium",
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--window-size=1440,900",
            ],
        ]
        let capabilities: [String: Any] = [
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": ["browser": "ALL"],
        ]
        let made = try driver.command(
            "POST", "/session", ["capabilities": ["alwaysMatch": capabilities]])
        guard let id = (made as? [String: Any])?["sessionId"] as? String else {
            throw Failure("no session: \(made)")
        }
        session = "/session/\(id)"
    }

    deinit { _ = try? driver.command("DELETE", session) }

    /// Goes to an address and waits until it is loaded.
    func open(_ url: String) throws { try driver.command("POST", session + "/url", ["url": url]) }

    /// Loads the page again.
    func reload() throws { try driver.command("POST", session + "/refresh") }

    /// The value of a function's body in the page.
    func value<Value>(_ script: String, _ arguments: Any..., as type: Value.Type = Value.self) throws -> Value
    {
        let value = try driver.command(
            "POST", session + "/execute/sync", ["script": script, "args": arguments])
        guard let value = value as? Value else { throw Failure("\(script) is \(value)") }
        return value
    }

    /// Carries statements out in the page.
    func run(_ script: String, _ arguments: Any...) throws {
        try driver.command("POST", session + "/execute/sync", ["script": script, "args": arguments])
    }

    /// Waits until an expression holds in the page.
    func wait(until expression: String, seconds: Int = 30) throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if (try? value("return Boolean(\(expression))", as: Bool.self)) == true { return }
        }
        let text = try? value("return document.body.innerText", as: String.self)
        throw Failure("never: \(expression)\n\(text ?? "")\n\(try complaints())")
    }

    /// The text of the first element that a selector finds.
    func text(_ selector: String) throws -> String {
        try value("return document.querySelector(arguments[0]).innerText", selector)
    }

    /// Clicks what a selector finds, as a mouse does.
    func click(_ selector: String) throws {
        try driver.command("POST", element(selector) + "/click")
    }

    /// Types into what a selector finds.
    func type(_ text: String, into selector: String) throws {
        try driver.command("POST", element(selector) + "/value", ["text": text])
    }

    private func element(_ selector: String) throws -> String {
        let found = try driver.command(
            "POST", session + "/element", ["using": "css selector", "value": selector])
        guard let id = (found as? [String: String])?.values.first else { throw Failure("no \(selector)") }
        return session + "/element/\(id)"
    }

    /// Presses keys, one after the other, wherever the focus is.
    func press(_ keys: Key...) throws { try press(keys.map(\.rawValue)) }

    /// Writes text wherever the focus is.
    func write(_ text: String) throws { try press(text.map(String.init)) }

    private func press(_ keys: [String]) throws {
        let actions = keys.flatMap { [["type": "keyDown", "value": $0], ["type": "keyUp", "value": $0]] }
        let keyboard: [String: Any] = ["type": "key", "id": "keyboard", "actions": actions]
        try driver.command("POST", session + "/actions", ["actions": [keyboard]])
    }

    /// Makes the window as large as a screen.
    func resize(width: Int, height: Int) throws {
        try devTools(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500])
    }

    /// Sets what the user prefers, such as `prefers-color-scheme`.
    func prefer(_ features: [String: String]) throws {
        try devTools(
            "Emulation.setEmulatedMedia",
            ["features": features.map { ["name": $0.key, "value": $0.value] }])
    }

    private func devTools(_ command: String, _ parameters: [String: Any]) throws {
        try driver.command(
            "POST", session + "/goog/cdp/execute", ["cmd": command, "params": parameters])
    }

    /// What the browser has complained about since it was asked last: errors of scripts, what the content security
    /// policy forbade, requests that failed.
    func complaints() throws -> [String] {
        let entries = try driver.command("POST", session + "/se/log", ["type": "browser"])
        return (entries as? [[String: Any]] ?? []).compactMap { $0["message"] as? String }
    }
}
