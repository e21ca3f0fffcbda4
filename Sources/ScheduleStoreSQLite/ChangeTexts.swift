import SchedulingCore

/// The texts that a batch of changes binds, each copied once to a place where it stays. One serves one call
/// of `apply` and is used only on the writer's queue while that call waits.
final class ChangeTexts: @unchecked Sendable {
    let now: StayingText
    let preScheduled: StayingText
    let skipped: StayingText
    let scheduled: StayingText
    let expired: StayingText
    private let catalog: RunCatalog
    private var types: [StayingText?] = []
    private var symbols: [StayingText?] = []
    private var reasons: [StayingText] = []
    private let arena = TextArena()

    init(catalog: RunCatalog, now: String) {
        self.catalog = catalog
        self.now = arena.keep(now)
        preScheduled = arena.keep("pre-scheduled")
        skipped = arena.keep("skipped")
        scheduled = arena.keep("scheduled")
        expired = arena.keep(SkipReason.expired.rawValue)
        reasons = SkipReason.allCases.map { arena.keep($0.rawValue) }
    }

    /// The name of a type.
    @inline(__always)
    func name(of type: EmailType) -> StayingText {
        let code = Int(type.code)
        if code < types.count, let known = types[code] { return known }
        let text = arena.keep(catalog.name(of: type))
        while types.count <= code { types.append(nil) }
        types[code] = text
        return text
    }

    /// The text of a symbol, nil for null.
    @inline(__always)
    func text(of symbol: Symbol) -> StayingText? {
        if symbol == .null { return nil }
        let code = Int(symbol.code)
        if code < symbols.count, let known = symbols[code] { return known }
        guard let text = catalog.text(of: symbol) else { return nil }
        let kept = arena.keep(text)
        while symbols.count <= code { symbols.append(nil) }
        symbols[code] = kept
        return kept
    }

    /// The name of a reason.
    @inline(__always)
    func text(of reason: SkipReason) -> StayingText { reasons[reason.rank] }

    /// What a follow-up follows, and the behaviour that decided its type (SPEC 10); nil for other emails.
    @inline(__always)
    func metadata(of email: PlannedEmail) -> String? {
        guard let initialID = email.initialID else { return nil }
        let type = JSONText.quoted(catalog.name(of: email.type))
        let initialType = email.initialType.map { JSONText.quoted(catalog.name(of: $0)) } ?? "null"
        return """
            {"initial_schedule_id":\(initialID),"initial_email_type":\(initialType),"behavior":\(type)}
            """
    }
}

/// Owns copies of texts until it goes.
final class TextArena {
    private var blocks: [UnsafeMutablePointer<CChar>] = []

    deinit { for block in blocks { block.deallocate() } }

    /// A copy of a text.
    func keep(_ text: String) -> StayingText {
        let count = text.utf8.count
        let block = UnsafeMutablePointer<CChar>.allocate(capacity: count + 1)
        for (position, byte) in text.utf8.enumerated() {
            (block + position).initialize(to: CChar(bitPattern: byte))
        }
        (block + count).initialize(to: 0)
        blocks.append(block)
        return StayingText(start: UnsafePointer(block), count: Int32(count))
    }
}
