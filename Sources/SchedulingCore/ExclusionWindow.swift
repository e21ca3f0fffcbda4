/// One period in which a state forbids sending (SPEC 3), written as the rule it states:
/// `.birthday(daysBefore: 30, daysAfter: 60)`.
public struct ExclusionWindow: Hashable, Sendable {
    /// What the period hangs on.
    public enum Kind: Hashable, Sendable {
        /// The anniversary of the contact's birth date.
        case birthday
        /// The anniversary of the policy's effective date, from its own year on.
        case effectiveDate
        /// Every date.
        case yearRound
        /// Every date on which the contact is so many years old or older.
        case age(atLeast: Int)
    }

    /// What the period hangs on.
    public var kind: Kind
    /// Days before the anniversary on which the window opens.
    public var daysBefore = 0
    /// Days after the anniversary on which the window closes, that day included.
    public var daysAfter = 0
    /// Whether the window is reckoned from the first day of the anniversary's month.
    public var usesMonthStart = false
    /// Days before the opening that are excluded too.
    public var preWindowExtensionDays = 0
    /// First date for which the rule counts; nil for no beginning.
    public var effectiveFrom: CivilDate?
    /// Last date for which the rule counts; nil for no end.
    public var effectiveUntil: CivilDate?
    /// Free text shown to auditors: the statute or bulletin behind the rule.
    public var citation: String?

    /// A window of a kind, with everything else at its default.
    public init(kind: Kind) { self.kind = kind }

    /// A window around the birthday.
    public static func birthday(
        daysBefore: Int, daysAfter: Int, usesMonthStart: Bool = false, preWindowExtensionDays: Int = 60
    ) -> ExclusionWindow {
        var window = ExclusionWindow(kind: .birthday)
        window.daysBefore = daysBefore
        window.daysAfter = daysAfter
        window.usesMonthStart = usesMonthStart
        window.preWindowExtensionDays = preWindowExtensionDays
        return window
    }

    /// A window around the anniversary of the policy's effective date.
    public static func effectiveDate(
        daysBefore: Int, daysAfter: Int, preWindowExtensionDays: Int = 60
    ) -> ExclusionWindow {
        var window = birthday(
            daysBefore: daysBefore, daysAfter: daysAfter, preWindowExtensionDays: preWindowExtensionDays)
        window.kind = .effectiveDate
        return window
    }

    /// No date at all may be used.
    public static let yearRound = ExclusionWindow(kind: .yearRound)

    /// The skip reason of a date inside the window.
    public var skipReason: SkipReason {
        switch kind {
        case .birthday: .birthdayWindow
        case .effectiveDate: .effectiveDateWindow
        case .yearRound: .yearRoundExclusion
        case .age: .age76Plus
        }
    }
}

/// The windows of one state.
public struct StateRule: Hashable, Sendable {
    /// The windows; a date in any of them is excluded.
    public var windows: [ExclusionWindow]

    /// A rule of some windows.
    public init(_ windows: ExclusionWindow...) { self.windows = windows }

    /// A rule of some windows.
    public init(windows: [ExclusionWindow]) { self.windows = windows }

    /// The rules of SPEC 3. States that are not listed have none.
    public static func defaults(preWindowExtensionDays x: Int = 60) -> [String: StateRule] {
        [
            "CA": StateRule(.birthday(daysBefore: 30, daysAfter: 60, preWindowExtensionDays: x)),
            "ID": StateRule(.birthday(daysBefore: 0, daysAfter: 63, preWindowExtensionDays: x)),
            "KY": StateRule(.birthday(daysBefore: 0, daysAfter: 60, preWindowExtensionDays: x)),
            "MD": StateRule(.birthday(daysBefore: 0, daysAfter: 30, preWindowExtensionDays: x)),
            "NV": StateRule(
                .birthday(daysBefore: 0, daysAfter: 60, usesMonthStart: true, preWindowExtensionDays: x)),
            "OK": StateRule(.birthday(daysBefore: 0, daysAfter: 60, preWindowExtensionDays: x)),
            "OR": StateRule(.birthday(daysBefore: 0, daysAfter: 31, preWindowExtensionDays: x)),
            "VA": StateRule(.birthday(daysBefore: 0, daysAfter: 30, preWindowExtensionDays: x)),
            "MO": StateRule(.effectiveDate(daysBefore: 30, daysAfter: 33, preWindowExtensionDays: x)),
            "CT": StateRule(.yearRound), "MA": StateRule(.yearRound),
            "NY": StateRule(.yearRound), "WA": StateRule(.yearRound),
        ]
    }
}
