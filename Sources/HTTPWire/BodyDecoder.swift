import HTTPTypes

/// Takes a request's body out of the connection's bytes (RFC 9112, 6 and 7.1).
package struct BodyDecoder {
    private enum State {
        case data(remaining: Int)
        case chunkSize
        case chunkExtension
        case chunkSizeLF
        case chunkData(remaining: Int)
        case chunkDataCR
        case chunkDataLF
        case trailer
        case trailerLF
        case done
    }

    private let limits: HTTPLimits
    private var state: State
    private var size = 0
    private var digits = 0
    private var lineBytes = 0
    private var extensionState = ChunkExtension()
    private var trailerBytes = 0
    private var trailerLine: [UInt8] = []

    /// A decoder for one body.
    package init(framing: BodyFraming, limits: HTTPLimits) {
        self.limits = limits
        state =
            switch framing {
            case .none, .length(0): .done
            case .length(let count): .data(remaining: count)
            case .chunked: .chunkSize
            }
    }

    /// Whether the body is complete.
    package var isDone: Bool { if case .done = state { true } else { false } }

    /// The bytes still to come, when the head told.
    package var remainingLength: Int? {
        switch state {
        case .data(let remaining): remaining
        case .done: 0
        default: nil
        }
    }

    /// Decodes until the input or the room is used up, or the body ends.
    /// - Returns: how many input bytes were used; those behind them belong to the next request.
    /// - Throws: 400 or 431, after which the connection must close.
    package mutating func decode(
        _ input: Span<UInt8>, into output: inout [UInt8], room: Int
    ) throws(HTTPProblem) -> Int {
        var index = 0
        var room = room
        while index < input.count {
            switch state {
            case .data(let remaining):
                let count = copy(input, index, min(remaining, room), into: &output)
                guard count > 0 else { return index }
                index += count
                room -= count
                state = count == remaining ? .done : .data(remaining: remaining - count)
            case .chunkData(let remaining):
                let count = copy(input, index, min(remaining, room), into: &output)
                guard count > 0 else { return index }
                index += count
                room -= count
                state = count == remaining ? .chunkDataCR : .chunkData(remaining: remaining - count)
            case .done:
                return index
            default:
                try step(input[index])
                index += 1
            }
        }
        return index
    }

    private func copy(_ input: Span<UInt8>, _ start: Int, _ most: Int, into output: inout [UInt8]) -> Int {
        let count = min(most, input.count - start)
        guard count > 0 else { return 0 }
        unsafe input.extracting(start..<start + count).withUnsafeBufferPointer { bytes in
            unsafe output.append(contentsOf: bytes)
        }
        return count
    }

    private mutating func step(_ byte: UInt8) throws(HTTPProblem) {
        switch state {
        case .chunkSize:
            try countLineByte(byte)
            if let value = ASCII.hexValue(byte) {
                // Sixteen digits could still exceed what a length can hold.
                digits += 1
                guard digits <= limits.chunkSizeDigits, size <= Int.max >> 4 else {
                    throw .badRequest("A chunk size out of range.")
                }
                size = size << 4 | Int(value)
            } else {
                guard digits > 0 else { throw .badRequest("A malformed chunk size.") }
                state = .chunkExtension
                try readExtension(byte)
            }
        case .chunkExtension:
            try countLineByte(byte)
            try readExtension(byte)
        case .chunkSizeLF:
            try expect(byte, ASCII.lf)
            state = size == 0 ? .trailer : .chunkData(remaining: size)
            (size, digits, lineBytes, extensionState) = (0, 0, 0, ChunkExtension())
        case .chunkDataCR:
            // RFC 9112, 7.1: the data is exactly as long as announced.
            try expect(byte, ASCII.cr)
            state = .chunkDataLF
        case .chunkDataLF:
            try expect(byte, ASCII.lf)
            state = .chunkSize
        case .trailer:
            try readTrailer(byte)
        case .trailerLF:
            try countTrailerByte()
            try expect(byte, ASCII.lf)
            try endTrailerLine()
        case .data, .chunkData, .done: break
        }
    }

    private mutating func countLineByte(_ byte: UInt8) throws(HTTPProblem) {
        guard byte != ASCII.cr else { return }
        lineBytes += 1
        guard lineBytes <= limits.chunkLineBytes else { throw .badRequest("A chunk-size line is too long.") }
    }

    private mutating func readExtension(_ byte: UInt8) throws(HTTPProblem) {
        if byte == ASCII.cr {
            guard extensionState.mayEnd else { throw .badRequest("A malformed chunk extension.") }
            state = .chunkSizeLF
        } else {
            guard extensionState.accept(byte) else {
                throw .badRequest("A malformed chunk size or extension.")
            }
        }
    }

    /// RFC 9112, 7.1.2: trailers are checked like fields, and dropped.
    private mutating func readTrailer(_ byte: UInt8) throws(HTTPProblem) {
        try countTrailerByte()
        if byte == ASCII.cr {
            state = .trailerLF
        } else {
            guard ASCII.isText(byte) else { throw .badRequest("A control byte in a trailer.") }
            trailerLine.append(byte)
        }
    }

    private mutating func countTrailerByte() throws(HTTPProblem) {
        trailerBytes += 1
        guard trailerBytes <= limits.trailerBytes else {
            throw HTTPProblem(status: .requestHeaderFieldsTooLarge, detail: "The trailers are too long.")
        }
    }

    private mutating func endTrailerLine() throws(HTTPProblem) {
        guard !trailerLine.isEmpty else {
            state = .done
            return
        }
        _ = try FieldLine(trailerLine.span, 0..<trailerLine.count)
        trailerLine.removeAll(keepingCapacity: true)
        state = .trailer
    }

    private func expect(_ byte: UInt8, _ expected: UInt8) throws(HTTPProblem) {
        guard byte == expected else { throw .badRequest("Malformed chunked framing.") }
    }
}

/// The grammar of chunk extensions (RFC 9112, 7.1.1); what they say is ignored.
private struct ChunkExtension {
    private enum State { case size, blank, name, nameEnd, value, token, tokenEnd, quoted, escaped }
    private var state = State.size
    private var nameLength = 0

    /// Whether the line may end here.
    var mayEnd: Bool {
        switch state {
        case .size, .tokenEnd, .token: true
        case .name: nameLength > 0
        default: false
        }
    }

    mutating func accept(_ byte: UInt8) -> Bool {
        guard let next = next(byte) else { return false }
        nameLength = next == .name && ASCII.isToken(byte) ? nameLength + 1 : 0
        state = next
        return true
    }

    private func next(_ byte: UInt8) -> State? {
        let isBlank = ASCII.isBlank(byte)
        switch state {
        case .size: return byte == 0x3B ? .name : isBlank ? .blank : nil
        case .blank, .nameEnd, .tokenEnd:
            if byte == 0x3B { return .name }
            if byte == 0x3D, state == .nameEnd { return .value }
            return isBlank ? (state == .tokenEnd ? .blank : state) : nil
        case .name:
            if ASCII.isToken(byte) { return .name }
            if nameLength == 0 { return isBlank ? .name : nil }
            return isBlank ? .nameEnd : byte == 0x3B ? .name : byte == 0x3D ? .value : nil
        case .value:
            return isBlank ? .value : byte == 0x22 ? .quoted : ASCII.isToken(byte) ? .token : nil
        case .token:
            return ASCII.isToken(byte) ? .token : byte == 0x3B ? .name : isBlank ? .blank : nil
        case .quoted:
            return byte == 0x22 ? .tokenEnd : byte == 0x5C ? .escaped : ASCII.isText(byte) ? .quoted : nil
        case .escaped: return ASCII.isText(byte) ? .quoted : nil
        }
    }
}
