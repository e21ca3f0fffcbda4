import EmailScheduler
import HTTPHandling
import Testing

@Suite struct ServeOptionsTests {
    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.8.7", true), ("localhost", true), ("::1", true), ("0.0.0.0", false),
        ("10.0.0.1", false), ("127.0.0.1.example.com", false), ("127.0.0.256", false), ("", false),
        ("::", false),
    ])
    func `only loopback addresses can do without tokens`(_ host: String, _ isLoopback: Bool) {
        #expect(ServeOptions.isLoopback(host) == isLoopback)
    }

    @Test(arguments: [("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"), ("::1", "[::1]")])
    func `an address is told as URLs have it`(_ host: String, _ inURL: String) {
        #expect(ServeOptions.urlHost(host) == inURL)
    }

    @Test func `an option wins over its variable, a variable over the default`() throws {
        var limits = HTTPLimits()
        let variables = [
            "EMAIL_SCHEDULER_LIMIT_CONNECTIONS": "10", "EMAIL_SCHEDULER_LIMIT_IDLE_TIMEOUT_MS": "20",
            "EMAIL_SCHEDULER_LIMIT_HEAD_BYTES": "",
        ]
        try LimitSettings.apply(["connections=30"], environment: variables, to: &limits)
        #expect(limits.connections == 30)
        #expect(limits.idleTimeoutMilliseconds == 20)
        #expect(limits.headBytes == HTTPLimits().headBytes)
    }

    @Test(arguments: [
        "connections", "connections=", "connections=0", "connections=-1", "connections=x", "x=1", "=1",
    ])
    func `a limit that is none is refused`(_ option: String) {
        var limits = HTTPLimits()
        #expect(throws: CommandFailure.self) {
            try LimitSettings.apply([option], environment: [:], to: &limits)
        }
    }

    @Test func `every limit has a name of its own`() throws {
        #expect(Set(LimitSettings.names).count == LimitSettings.names.count)
        #expect(LimitSettings.names.count == Mirror(reflecting: HTTPLimits()).children.count)
        for name in LimitSettings.names {
            var limits = HTTPLimits()
            try LimitSettings.apply(["\(name)=12345"], environment: [:], to: &limits)
            #expect(limits != HTTPLimits(), "\(name)")
        }
    }
}
