import HTTPHandling
import HTTPServer
import HTTPTypes
import HTTPWire
import Testing

/// A connection without a socket: bytes go in, the actions come out as words.
private final class Harness {
    private var state: ConnectionState
    var now: UInt64 = 1_000

    init(_ change: (inout HTTPLimits) -> Void = { _ in }) {
        var limits = HTTPLimits()
        change(&limits)
        state = ConnectionState(limits: limits, now: now)
    }

    var phase: ConnectionState.Phase { state.phase }
    var wantsRead: Bool { state.wantsRead }
    var canKeepAlive: Bool { state.canKeepAlive }
    var deadline: UInt64? { state.deadline }
    var bodyProblem: HTTPProblem? { state.bodyProblem }

    func takeBody() -> ConnectionState.BodyStep { state.takeBody(now: now) }
    func beginDrain() { state.beginDrain() }

    func sent(remaining: Bool, progress: Bool) {
        state.sent(remaining: remaining, progress: progress, now: now)
    }

    func receive(_ text: String) -> [String] {
        var bytes = Array(text.utf8)
        bytes.withUnsafeMutableBytes { state.received(UnsafeRawBufferPointer($0), now: now) }
        return actions()
    }

    func actions() -> [String] {
        var words: [String] = []
        while true {
            let action = state.next(now: now)
            guard let word = word(action) else { return words }
            words.append(word)
            if word == "close" || word.hasPrefix("refuse") { return words }
        }
    }

    func end(closes: Bool = false) -> [String] {
        state.responseEnded(closes: closes, now: now)
        return actions()
    }

    func receiveEnd() -> [String] {
        state.receivedEnd()
        return actions()
    }

    /// Lets time pass until the deadline, and tells how long that was and what came of it.
    func waitForDeadline() -> String {
        guard let deadline = state.deadline else { return "none" }
        let waited = deadline - now
        if word(state.timedOut(now: deadline - 1)) != nil { return "too early" }
        now = deadline
        return "\(waited) \(word(state.timedOut(now: now)) ?? "wait")"
    }

    private func word(_ action: ConnectionState.Action) -> String? {
        switch action {
        case .wait: nil
        case .start(let parsed): "start \(parsed.target.path)"
        case .refuse(let problem): "refuse \(problem.status.code)"
        case .shutdownWrite: "shutdown"
        case .close: "close"
        }
    }
}

@Suite("A connection, without its socket,")
struct ConnectionStateTests {
    let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
    let next = "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("answers one request after the other, in order")
    func pipelining() {
        let harness = Harness()
        #expect(harness.receive(get + next) == ["start /a"])
        #expect(harness.end() == ["start /b"])
        #expect(harness.end() == [])
        #expect(harness.phase == .idle)
    }

    @Test("is not read, nor is the next request begun, while an answer is unsent")
    func unsent() {
        let harness = Harness()
        #expect(harness.receive(get + next) == ["start /a"])
        #expect(!harness.wantsRead)
        harness.sent(remaining: true, progress: true)
        #expect(harness.end() == [])
        #expect(!harness.wantsRead)
        harness.sent(remaining: false, progress: true)
        #expect(harness.actions() == ["start /b"])
    }

    @Test("closes in turn: send, shut, swallow, drop")
    func closing() {
        let harness = Harness()
        #expect(harness.receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") == ["start /"])
        #expect(!harness.canKeepAlive)
        harness.sent(remaining: true, progress: true)
        #expect(harness.end() == [])
        harness.sent(remaining: false, progress: true)
        #expect(harness.actions() == ["shutdown"])
        #expect(harness.wantsRead)
        #expect(harness.receive("more") == [])
        #expect(harness.receiveEnd() == ["close"])
    }

    @Test("lingers for a time and a number of bytes only")
    func lingering() {
        let harness = Harness { $0.lingerBytes = 10 }
        #expect(harness.receive("BAD\r\n\r\n") == ["refuse 400"])
        #expect(harness.end(closes: true) == ["shutdown"])
        #expect(harness.receive("123456789") == [])
        #expect(harness.receive("0") == ["close"])
        let silent = Harness()
        #expect(silent.receive("BAD\r\n\r\n") == ["refuse 400"])
        #expect(silent.end(closes: true) == ["shutdown"])
        #expect(silent.waitForDeadline() == "2000 close")
    }

    @Test("times out before a first byte, in a head, in a body, in idleness, and in sending")
    func timeouts() {
        let fresh = Harness()
        #expect(fresh.waitForDeadline() == "10000 close")

        let head = Harness()
        #expect(head.receive("GET /") == [])
        head.now += 4_000
        #expect(head.receive(" HTTP/1.1\r\n") == [])
        #expect(head.waitForDeadline() == "6000 refuse 408")

        let idle = Harness()
        #expect(idle.receive(get) == ["start /a"])
        #expect(idle.deadline == nil)
        #expect(idle.end() == [])
        #expect(idle.waitForDeadline() == "60000 close")

        let body = Harness()
        #expect(body.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n") == ["start /"])
        body.now += 9_000
        #expect(body.receive(String(repeating: "x", count: 50_000)) == [])
        #expect(body.waitForDeadline() == "10000 wait")
        #expect(body.takeBody() == .piece(Array(repeating: 0x78, count: 50_000)))
        #expect(body.takeBody() == .failed(.timedOut))
        #expect(body.bodyProblem?.status == .requestTimeout)

        let stalled = Harness()
        #expect(stalled.receive(get) == ["start /a"])
        stalled.sent(remaining: true, progress: true)
        stalled.now += 5_000
        stalled.sent(remaining: true, progress: false)
        #expect(stalled.waitForDeadline() == "25000 close")
    }

    @Test("holds a body to a minimum rate over the time it waited, not the time a handler took")
    func rate() {
        let harness = Harness {
            $0.bodyMinimumBytesPerSecond = 100
            $0.bodyWindowBytes = 2_000
        }
        #expect(harness.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n") == ["start /"])
        #expect(harness.receive(String(repeating: "x", count: 2_000)) == [])
        #expect(harness.deadline == nil, "the handler is the slow one")
        harness.now += 100_000
        #expect(harness.takeBody() != .end)
        // 2,000 bytes pay for 20 s; single bytes each 8 s keep the silence short but not the rate up.
        harness.now += 8_000
        #expect(harness.receive("x") == [])
        harness.now += 8_000
        #expect(harness.receive("x") == [])
        #expect(harness.waitForDeadline() == "4020 wait")
        #expect(harness.bodyProblem?.status == .requestTimeout)
    }

    @Test("reads a body no further than its window")
    func backPressure() {
        let harness = Harness { $0.bodyWindowBytes = 4 }
        #expect(
            harness.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123456") == ["start /"])
        #expect(!harness.wantsRead)
        #expect(harness.takeBody() == .piece(Array("1234".utf8)))
        #expect(harness.wantsRead)
        #expect(harness.takeBody() == .piece(Array("56".utf8)))
        #expect(harness.takeBody() == .wait(sendContinue: false))
        #expect(harness.receive("789" + next) == [])
        #expect(harness.takeBody() == .piece(Array("789".utf8)))
        #expect(harness.takeBody() == .end)
        #expect(harness.end() == ["start /b"])
    }

    @Test("asks for an expected body once, when it is wanted, and not when it comes by itself")
    func expectation() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        let harness = Harness()
        #expect(harness.receive(head) == ["start /"])
        #expect(harness.deadline == nil, "the client waits for us")
        #expect(harness.takeBody() == .wait(sendContinue: true))
        #expect(harness.takeBody() == .wait(sendContinue: false))
        let eager = Harness()
        #expect(eager.receive(head + "x") == ["start /"])
        #expect(eager.takeBody() == .piece([0x78]))
        #expect(eager.takeBody() == .wait(sendContinue: false))
        let refused = Harness()
        #expect(refused.receive(head) == ["start /"])
        #expect(!refused.canKeepAlive)
        #expect(refused.end() == ["shutdown"])
    }

    @Test("swallows what a handler left of a body, if it is not too much")
    func unread() {
        let harness = Harness { $0.lingerBytes = 10 }
        #expect(harness.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123") == ["start /"])
        #expect(harness.canKeepAlive)
        #expect(harness.end() == [])
        #expect(harness.receive("456789" + get) == ["start /a"])
        let long = Harness { $0.lingerBytes = 10 }
        #expect(long.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n") == ["start /"])
        #expect(!long.canKeepAlive)
        let chunked = Harness { $0.lingerBytes = 2 }
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(chunked.receive(head) == ["start /"])
        #expect(chunked.end() == [])
        #expect(chunked.receive("3\r\nabc\r\n0\r\n\r\n") == ["shutdown"])
    }

    @Test("answers a half-closed client what it asked for, then closes")
    func halfClosed() {
        let harness = Harness()
        #expect(harness.receive(get + next) == ["start /a"])
        #expect(harness.receiveEnd() == [])
        #expect(harness.end() == ["start /b"])
        #expect(harness.end() == ["close"])
        let partial = Harness()
        #expect(partial.receive("GET /") == [])
        #expect(partial.receiveEnd() == ["refuse 400"])
        let blank = Harness()
        #expect(blank.receive("\r\n") == [])
        #expect(blank.receiveEnd() == ["close"])
        let silent = Harness()
        #expect(silent.receiveEnd() == ["close"])
        let body = Harness()
        #expect(body.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123") == ["start /"])
        #expect(body.receiveEnd() == [])
        #expect(body.takeBody() == .piece(Array("123".utf8)))
        #expect(body.takeBody() == .failed(.truncated))
    }

    @Test("refuses a body that is broken from the start, and fails one that breaks later")
    func brokenBody() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let early = Harness()
        #expect(early.receive(head + "zz\r\n") == ["refuse 400"])
        let late = Harness()
        #expect(late.receive(head) == ["start /"])
        #expect(late.receive("1\r\nxx") == [])
        #expect(late.takeBody() == .piece([0x78]))
        #expect(late.takeBody() == .failed(.malformed))
        #expect(!late.wantsRead)
        #expect(late.end() == ["shutdown"])
    }

    @Test("closes after its last request, and when drained, at once if idle")
    func lastRequest() {
        let harness = Harness { $0.requestsPerConnection = 2 }
        #expect(harness.receive(get) == ["start /a"])
        #expect(harness.canKeepAlive)
        #expect(harness.end() == [])
        #expect(harness.receive(next + get) == ["start /b"])
        #expect(!harness.canKeepAlive)
        #expect(harness.end() == ["shutdown"])
        let drained = Harness()
        #expect(drained.receive(get) == ["start /a"])
        drained.beginDrain()
        #expect(drained.actions() == [])
        #expect(drained.end() == ["shutdown"])
        let idle = Harness()
        idle.beginDrain()
        #expect(idle.actions() == ["close"])
    }

    @Test("does the same whatever pieces its bytes come in")
    func anySplit() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Random(state: seed)
        let chunked =
            "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n"
        let long = "POST /l HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123456789"
        let bytes = Array((get + chunked + "\r\n" + long + next + long + chunked + "BAD\r\n").utf8)
        for _ in 0..<300 {
            let harness = Harness { $0.bodyWindowBytes = 4 }
            var log: [String] = []
            var body: [UInt8] = []
            var rest = bytes[...]
            while !rest.isEmpty, log.last?.hasPrefix("refuse") != true {
                let count = min(Int(random.next(below: 40)) + 1, rest.count)
                log += harness.receive(String(decoding: rest.prefix(count), as: UTF8.self))
                rest = rest.dropFirst(count)
                // A handler that reads its body to the end, then answers.
                reading: while harness.phase == .exchange, log.last?.hasPrefix("refuse") != true {
                    switch harness.takeBody() {
                    case .piece(let piece): body += piece
                    case .end: log += harness.end()
                    case .failed, .wait: break reading
                    }
                }
            }
            let expected = [
                "start /a", "start /c", "start /l", "start /b", "start /l", "start /c", "refuse 400",
            ]
            #expect(log == expected, "seed \(seed)")
            #expect(body == Array("abc123456789123456789abc".utf8), "seed \(seed)")
        }
    }
}

/// A small repeatable generator.
private struct Random {
    var state: UInt64

    mutating func next(below bound: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % bound
    }
}
