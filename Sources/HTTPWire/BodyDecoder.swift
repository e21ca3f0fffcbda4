package import HTTPHandling
import HTTPTypes

/// Takes a request's body out of the connection's bytes (RFC 9112, 6 and 7.1).
package struct BodyDecoder {
    private enum State: Equatable {
        case data(remaining: Int)
        case sizeLine
        case chunk(remaining: Int)
        case chunkEnd
        case trailer
        case done
    }

    private var state: State
    /// The line being read: a chunk size with extensions, the empty one behind a chunk, or a trailer.
    private var line: [UInt8] = []
    private var sawCR = false
    private var trailerBytes = 0
    private var extensionBytes = 0

    /// A decoder for one body.
    package init(framing: BodyFraming) {
        state =
            switch framing {
            case .none, .length(0): .done
            case .length(let count): .data(remaining: count)
            case .chunked: .sizeLine
            }
    }

    /// Whether the body is complete.
    package var isDone: Bool { state == .done }

    /// The bytes still to come, when the head told.
    package var remainingLength: Int? { if case .data(let remaining) = state { remaining } else { nil } }

    /// Decodes until the input or the room is used up, or the body ends.
    /// - Returns: how many input bytes were used; those behind them belong to the next request.
    /// - Throws: 400 or 431, after which the connection must close.
    package mutating func decode(
        _ bytes: [UInt8], from start: Int = 0, into output: inout [UInt8], room: Int, _ limits: HTTPLimits
    ) throws(HTTPProblem) -> Int {
        let input = bytes.span.extracting(start...)
        var index = 0
        let most = output.count + room
        while index < input.count {
            switch state {
            case .data, .chunk:
                let count = takeData(atMost: min(most - output.count, input.count - index))
                guard count > 0 else { return index }
                unsafe input.extracting(index..<index + count).withUnsafeBufferPointer {
                    unsafe output.append(contentsOf: $0)
                }
                index += count
            case .sizeLine, .chunkEnd, .trailer:
                try readLine(input[index], limits)
                index += 1
            case .done: return index
            }
        }
        return index
    }

    /// Counts bytes of the body's content as decoded, of those that come next.
    /// - Returns: how many of them are content; none within the framing of chunks.
    package mutating func takeData(atMost most: Int) -> Int {
        switch state {
        case .data(let remaining):
            state = most < remaining ? .data(remaining: remaining - most) : .done
            return min(most, remaining)
        case .chunk(let remaining):
            state = most < remaining ? .chunk(remaining: remaining - most) : .chunkEnd
            return min(most, remaining)
        default: return 0
        }
    }

    /// Takes one byte of a line; line ends are CR LF, as in a head.
    private mutating func readLine(_ byte: UInt8, _ limits: HTTPLimits) throws(HTTPProblem) {
        if state == .trailer {
            trailerBytes += 1
            guard trailerBytes <= limits.trailerBytes else {
                throw HTTPProblem(status: .requestHeaderFieldsTooLarge, detail: "The trailers are too long.")
            }
        }
        if sawCR {
            guard byte == ASCII.lf else { throw .badRequest("A bare CR in the body's framing.") }
            sawCR = false
            try endLine(limits)
            line.removeAll(keepingCapacity: true)
        } else if byte == ASCII.cr {
            sawCR = true
        } else {
            // RFC 9112, 7.1: a chunk's data is exactly as long as announced.
            guard ASCII.isText(byte), state != .chunkEnd else {
                throw .badRequest("Malformed chunked framing.")
            }
            line.append(byte)
            guard state == .trailer || line.count <= limits.chunkLineBytes else {
                throw .badRequest("A chunk-size line is too long.")
            }
        }
    }

    private mutating func endLine(_ limits: HTTPLimits) throws(HTTPProblem) {
        switch state {
        case .sizeLine:
            let chunk = try ChunkLine(line.span, limits)
            extensionBytes += line.count - chunk.digits
            guard extensionBytes <= limits.chunkExtensionBytes else {
                throw .badRequest("The chunk extensions are too long.")
            }
            state = chunk.size == 0 ? .trailer : .chunk(remaining: chunk.size)
        case .chunkEnd: state = .sizeLine
        case .trailer where line.isEmpty: state = .done
        // RFC 9112, 7.1.2: trailers are checked like fields, and dropped.
        case .trailer: _ = try FieldLine(line.span, 0..<line.count)
        case .data, .chunk, .done: break
        }
    }
}

/// A chunk size and its extensions, which are checked and ignored (RFC 9112, 7.1 and 7.1.1).
private struct ChunkLine {
    private(set) var size = 0
    private(set) var digits = 0
    private var index = 0

    init(_ line: Span<UInt8>, _ limits: HTTPLimits) throws(HTTPProblem) {
        while index < line.count, let digit = line[index].hexDigitValue {
            index += 1
            // Sixteen digits could still exceed what a length can hold.
            guard index <= limits.chunkSizeDigits, size <= Int.max >> 4 else {
                throw .badRequest("A chunk size out of range.")
            }
            size = size << 4 | Int(digit)
        }
        digits = index
        guard digits > 0 else { throw .badRequest("A malformed chunk size.") }
        while index < line.count {
            skipBlanks(line)
            guard skip(0x3B, line) else { throw .badRequest("A malformed chunk size or extension.") }
            skipBlanks(line)
            guard skipToken(line) else { throw .badRequest("A malformed chunk extension.") }
            let nameEnd = index
            skipBlanks(line)
            guard skip(0x3D, line) else {
                index = nameEnd
                continue
            }
            skipBlanks(line)
            guard skipToken(line) || skipQuoted(line) else {
                throw .badRequest("A malformed chunk extension.")
            }
        }
    }

    private mutating func skipBlanks(_ line: Span<UInt8>) {
        while index < line.count, ASCII.isBlank(line[index]) { index += 1 }
    }

    private mutating func skip(_ byte: UInt8, _ line: Span<UInt8>) -> Bool {
        guard index < line.count, line[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipToken(_ line: Span<UInt8>) -> Bool {
        let start = index
        while index < line.count, ASCII.isToken(line[index]) { index += 1 }
        return index > start
    }

    /// `quoted-string` of RFC 9110, 5.6.4; the bytes were found to be text before.
    private mutating func skipQuoted(_ line: Span<UInt8>) -> Bool {
        guard skip(0x22, line) else { return false }
        while index < line.count {
            if skip(0x22, line) { return true }
            index += line[index] == 0x5C ? 2 : 1
        }
        return false
    }
}
