/// An email on its way through the rules of one run, for one contact.
struct EmailDraft {
    let type: EmailType
    let event: CivilDate
    let ideal: CivilDate
    /// Last date on which it makes sense; nil for none.
    let deadline: CivilDate?
    let priority: Int
    let templates: RunCatalog.TemplateSymbols
    var instanceID: Int64?
    /// Whether exclusion windows hold for it.
    var respectsWindows = true
    /// Whether conflict and frequency may skip it.
    var respectsFrequency = true
    /// Whether it comes of an explicit target with a trigger date.
    var isDatedTarget = false

    /// Position in the batch of the uncommitted row with its identity.
    var row: Int?
    private(set) var step = Step.open
    private(set) var skipReason: SkipReason?
    /// Target date (SPEC 7).
    private(set) var target: CivilDate
    /// Target date, then final date; of a skipped email the date of its row.
    private(set) var date: CivilDate
    /// Latest date (SPEC 1).
    private(set) var latest: CivilDate

    /// How far it has come.
    enum Step {
        /// No date yet.
        case open
        /// It has its target and latest date, and waits for the daily cap.
        case aimed
        /// It stays on its date: kept, or placed by the cap.
        case placed
        /// It gets no date.
        case skipped
    }

    /// Days that an email without deadline may be moved (SPEC 8).
    static let longestDelayDays = 400

    init(
        type: EmailType, event: CivilDate, ideal: CivilDate, deadline: CivilDate?, priority: Int,
        templates: RunCatalog.TemplateSymbols
    ) {
        self.type = type
        self.event = event
        self.ideal = ideal
        self.deadline = deadline
        self.priority = priority
        self.templates = templates
        target = ideal
        date = ideal
        latest = ideal
    }

    mutating func skip(_ reason: SkipReason, on day: CivilDate) {
        step = .skipped
        skipReason = reason
        date = day
    }

    mutating func keep(on day: CivilDate) {
        aim(at: day, latest: day)
        step = .placed
    }

    mutating func aim(at day: CivilDate, latest limit: CivilDate) {
        step = .aimed
        target = day
        date = day
        latest = limit
    }

    mutating func place(on day: CivilDate) {
        step = .placed
        date = day
    }

    func isDue(by day: CivilDate) -> Bool { deadline.map { day <= $0 } ?? true }

    /// The order in which emails of one contact and one date are judged where a rule leaves a tie (SPEC 5).
    static func tieOrder(_ left: EmailDraft, _ right: EmailDraft) -> Bool {
        (left.type.rank, left.instanceID ?? 0, left.event) < (
            right.type.rank, right.instanceID ?? 0, right.event
        )
    }
}
