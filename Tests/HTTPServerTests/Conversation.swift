import HTTPHandling
import HTTPServer
import HTTPTypes
import HTTPWire

/// What a client's bytes come to, without sockets: a handler reads every body to its end and answers.
enum Conversation {
    /// One entry for each request with its body, and one for a refusal, with which it ends.
    /// - Parameter pieces: how the bytes arrive; whatever they are, the entries must be the same.
    static func entries(_ pieces: [ArraySlice<UInt8>]) -> [String] {
        var limits = HTTPLimits()
        limits.bodyWindowBytes = 16
        var state = ConnectionState(limits: limits, now: 0)
        var entries: [String] = []
        var request = ""
        for piece in pieces {
            piece.withUnsafeBytes { state.received($0, now: 0) }
            serving: while true {
                switch state.next(now: 0) {
                case .start(let parsed):
                    request = "\(parsed.method.rawValue) \(parsed.target.path) \(parsed.fields.count):"
                case .refuse(let problem): return entries + ["\(problem.status.code)"]
                case .shutdownWrite, .close: return entries + ["end"]
                case .wait: guard state.phase == .exchange else { break serving }
                }
                let (body, isOver) = read(&state)
                request += body
                if let problem = state.bodyProblem { return entries + ["\(problem.status.code)"] }
                guard isOver else { break serving }
                entries.append(request)
                state.responseEnded(closes: false, now: 0)
            }
        }
        return entries
    }

    private static func read(_ state: inout ConnectionState) -> (body: String, isOver: Bool) {
        var body = ""
        while true {
            switch state.takeBody(now: 0) {
            case .piece(let bytes): body += bytes.map { String($0, radix: 16) }.joined(separator: ".") + "."
            case .end, .failed: return (body, true)
            case .wait: return (body, false)
            }
        }
    }
}
