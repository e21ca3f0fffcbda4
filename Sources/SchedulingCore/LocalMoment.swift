/// A moment on the organisation's wall clock: a date and the second of that day. SPEC 1 and 10 compare
/// moments only within one organisation.
public struct LocalMoment: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01 00:00:00 on that clock.
    public let seconds: Int64

    /// The moment so many seconds after 1970-01-01 00:00:00 on the organisation's clock.
    public init(seconds: Int64) { self.seconds = seconds }

    /// A time of day, in seconds, on a date.
    public init(date: CivilDate, secondOfDay: Int = 0) {
        seconds = Int64(date.dayNumber) * 86_400 + Int64(secondOfDay)
    }

    /// The date on the organisation's calendar.
    public var date: CivilDate {
        CivilDate(dayNumber: Int32(clamping: seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400))
    }

    /// `YYYY-MM-DD HH:MM:SS`, as columns hold it.
    public var text: String {
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let second = seconds - LocalMoment(date: date).seconds
        return "\(date) \(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
    }

    /// Orders by time.
    public static func < (left: LocalMoment, right: LocalMoment) -> Bool { left.seconds < right.seconds }

    /// Reads `YYYY-MM-DD`, optionally followed by `T` or a space and `HH:MM[:SS[.fraction]]`, optionally
    /// followed by `Z` or an offset `±HH[[:]MM]`. Text with an offset is converted to the organisation's
    /// clock, text without stands as it is (SPEC 1). Nil for anything else.
    public init?(_ text: Span<UInt8>, in zone: ZoneOffsets) {
        guard text.count >= 10, let date = CivilDate(text.extracting(0..<10)) else { return nil }
        guard text.count > 10 else {
            self.init(date: date)
            return
        }
        let separator = text[10] | 0x20
        guard separator == UInt8(ascii: "t") || separator == UInt8(ascii: " ") else { return nil }
        var reader = TimeReader(position: 11)
        guard let second = reader.secondOfDay(text), let offset = reader.offset(text) else { return nil }
        let moment = LocalMoment(date: date, secondOfDay: second)
        switch offset {
        case .local: self = moment
        case .seconds(let seconds): self = zone.local(utcSeconds: moment.seconds - Int64(seconds))
        }
    }

    /// Reads a time of day `HH:MM[:SS]`, in seconds; nil for anything else.
    public static func secondOfDay(_ text: Span<UInt8>) -> Int? {
        var reader = TimeReader(position: 0)
        guard let second = reader.secondOfDay(text), reader.position == text.count else { return nil }
        return second
    }
}

/// Reads the part of a moment behind its date; the text is handed to each step.
private struct TimeReader {
    var position: Int

    private func byte(of text: Span<UInt8>) -> UInt8? { position < text.count ? text[position] : nil }

    private mutating func pair(_ text: Span<UInt8>) -> Int? {
        guard position + 2 <= text.count, let value = CivilDate.number(text, position..<position + 2) else {
            return nil
        }
        position += 2
        return value
    }

    private mutating func skip(_ character: Unicode.Scalar, _ text: Span<UInt8>) -> Bool {
        guard let byte = byte(of: text), byte == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// `HH:MM[:SS[.fraction]]`, in seconds.
    mutating func secondOfDay(_ text: Span<UInt8>) -> Int? {
        guard let hour = pair(text), hour < 24, skip(":", text), let minute = pair(text), minute < 60 else {
            return nil
        }
        guard skip(":", text) else { return hour * 3600 + minute * 60 }
        guard let second = pair(text), second <= 60 else { return nil }
        if skip(".", text) || skip(",", text) {
            while let digit = byte(of: text), digit &- UInt8(ascii: "0") < 10 { position += 1 }
        }
        return hour * 3600 + minute * 60 + second
    }

    /// Nothing (`.local`), `Z`, or `±HH[[:]MM]`; nil where it is malformed.
    mutating func offset(_ text: Span<UInt8>) -> TextOffset? {
        while skip(" ", text) {}
        guard position < text.count else { return .local }
        if skip("Z", text) || skip("z", text) { return position == text.count ? .seconds(0) : nil }
        let isNegative = skip("-", text)
        guard isNegative || skip("+", text), let hours = pair(text), hours < 24 else { return nil }
        _ = skip(":", text)
        guard let minutes = position == text.count ? 0 : pair(text), minutes < 60, position == text.count
        else { return nil }
        return .seconds((hours * 3600 + minutes * 60) * (isNegative ? -1 : 1))
    }
}

/// What a text says of its zone.
private enum TextOffset {
    case local
    case seconds(Int)
}

/// How far an organisation's clock is from UTC, over time. The composition root makes one of a named zone;
/// the rules only look offsets up.
public struct ZoneOffsets: Sendable {
    /// A change of the offset.
    public struct Transition: Sendable {
        /// Seconds since 1970-01-01 00:00:00 UTC from which on the offset holds.
        public let utcSeconds: Int64
        /// Seconds to add to UTC.
        public let offset: Int

        /// An offset that holds from a moment on.
        public init(utcSeconds: Int64, offset: Int) {
            self.utcSeconds = utcSeconds
            self.offset = offset
        }
    }

    private let initialOffset: Int
    private let transitions: [Transition]

    /// A clock with an offset in seconds at first and its changes in order of time.
    public init(initialOffset: Int = 0, transitions: [Transition] = []) {
        self.initialOffset = initialOffset
        self.transitions = transitions
    }

    /// The first second, since 1970-01-01 00:00:00 UTC, at which the clock shows a moment, or a later one where it
    /// skips that.
    public func utcSeconds(reaching moment: LocalMoment) -> Int64 {
        var offset = initialOffset
        for transition in transitions {
            let reached = moment.seconds - Int64(offset)
            if reached < transition.utcSeconds { return reached }
            offset = transition.offset
            if moment.seconds <= transition.utcSeconds + Int64(offset) { return transition.utcSeconds }
        }
        return moment.seconds - Int64(offset)
    }

    /// The moment on the organisation's clock of seconds since 1970-01-01 00:00:00 UTC.
    public func local(utcSeconds: Int64) -> LocalMoment {
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].utcSeconds <= utcSeconds { low = middle + 1 } else { high = middle }
        }
        return LocalMoment(
            seconds: utcSeconds + Int64(low == 0 ? initialOffset : transitions[low - 1].offset))
    }
}
