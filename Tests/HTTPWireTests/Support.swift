import HTTPHandling
import HTTPTypes
import HTTPWire

/// What a parser made of some bytes: a head and what was left over, a refusal, or nothing yet.
enum Outcome: Equatable {
    case head(ParsedHead)
    case refused(HTTPProblem)
    case incomplete
}

/// Parses bytes that arrive in pieces which end at `cuts`.
func parse(_ bytes: [UInt8], cuts: [Int] = [], limits: HTTPLimits = HTTPLimits()) -> Outcome {
    var parser = RequestParser()
    do throws(HTTPProblem) {
        for end in cuts + [bytes.count] {
            let arrived = Array(bytes[..<end])
            if let head = try parser.parse(arrived, limits) { return .head(head) }
        }
        return .incomplete
    } catch {
        return .refused(error)
    }
}

func parse(_ text: String, limits: HTTPLimits = HTTPLimits()) -> Outcome {
    parse(Array(text.utf8), limits: limits)
}

/// The status a text is refused with; 200 if it is a good head, 0 if it is not finished.
func status(_ text: String, limits: HTTPLimits = HTTPLimits()) -> Int {
    switch parse(text, limits: limits) {
    case .head: 200
    case .refused(let problem): problem.status.code
    case .incomplete: 0
    }
}

/// What a decoder made of some bytes.
enum BodyOutcome: Equatable {
    case done([UInt8], used: Int)
    case refused(Int)
    case incomplete([UInt8])
}

/// Decodes a body that arrives in pieces which end at `cuts`, `room` bytes at a time.
func decode(
    _ bytes: [UInt8], framing: BodyFraming = .chunked, cuts: [Int] = [], room: Int = 1 << 20,
    limits: HTTPLimits = HTTPLimits()
) -> BodyOutcome {
    var decoder = BodyDecoder(framing: framing)
    var body: [UInt8] = []
    var used = 0
    do throws(HTTPProblem) {
        for end in cuts + [bytes.count] {
            while used < end, !decoder.isDone {
                let piece = Array(bytes[used..<end])
                used += try decoder.decode(piece, into: &body, room: room, limits)
            }
        }
        return decoder.isDone ? .done(body, used: used) : .incomplete(body)
    } catch {
        return .refused(error.status.code)
    }
}

func decode(_ text: String, limits: HTTPLimits = HTTPLimits()) -> BodyOutcome {
    decode(Array(text.utf8), limits: limits)
}
