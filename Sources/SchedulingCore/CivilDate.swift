/// A day of the proleptic Gregorian calendar, without time and zone. All scheduling rules work on these
/// (SPEC 1).
///
/// Stored as the number of days since 1970-01-01, so that comparing and adding days cost one instruction.
public struct CivilDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01; negative before it.
    public let dayNumber: Int32

    /// The years a date may lie in: what four digits can write.
    public static let years = 0...9999

    /// The date so many days after 1970-01-01.
    @inlinable
    public init(dayNumber: Int32) {
        self.dayNumber = dayNumber
    }

    /// The date of a year, month and day, or nil where the calendar has no such day.
    @inlinable
    public init?(year: Int, month: Int, day: Int) {
        guard CivilDate.years.contains(year), (1...12).contains(month), day >= 1,
            day <= CivilDate.daysInMonth(month, year: year)
        else { return nil }
        self.init(validYear: year, month: month, day: day)
    }

    /// The anniversary of a month and day in a year; 29 February is 28 February in a common year (SPEC 1).
    @inlinable
    public init(anniversaryOfMonth month: Int, day: Int, in year: Int) {
        let isLeapDay = month == 2 && day == 29 && !CivilDate.isLeap(year)
        self.init(validYear: year, month: month, day: isLeapDay ? 28 : day)
    }

    /// The date of a year, month and day that the calendar has.
    @inlinable
    init(validYear year: Int, month: Int, day: Int) {
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        self.init(marchYear: month > 2 ? year : year - 1, day: dayOfYear)
    }

    /// The day of a year that begins on 1 March, where a leap day is the last one; its first day is 0.
    @inlinable
    init(marchYear year: Int, day: Int) {
        // Every year that a day number can lie in is positive so many times 400 years on.
        let eras = 20_000
        let shifted = UInt64(bitPattern: Int64(year &+ 400 &* eras))
        let days = shifted &* 365 &+ shifted / 4 &- shifted / 100 &+ shifted / 400
        dayNumber = Int32(
            truncatingIfNeeded: Int64(bitPattern: days) &+ Int64(day &- 719_468 &- 146_097 &* eras))
    }

    /// Whether a year has a 29 February.
    @inlinable
    public static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// Days in a month from 1 to 12.
    @inlinable
    public static func daysInMonth(_ month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Year, month (1 to 12) and day (1 to 31) of this date.
    @inlinable
    public var components: (year: Int, month: Int, day: Int) {
        let (year, dayOfYear) = marchYear
        let monthDay = 2_141 * UInt64(truncatingIfNeeded: dayOfYear) + 197_913
        let isNextYear = dayOfYear >= CivilDate.newYear
        let month = Int(monthDay >> 16) - (isNextYear ? 12 : 0)
        return (isNextYear ? year + 1 : year, month, Int((monthDay & 0xFFFF) / 2_141) + 1)
    }

    /// The year of this date, without its month and day.
    @inlinable
    public var year: Int {
        let (year, dayOfYear) = marchYear
        return dayOfYear >= CivilDate.newYear ? year + 1 : year
    }

    /// 1 January as a day of a year that begins on 1 March.
    @usableFromInline static var newYear: Int { 306 }

    /// 29 February as such a day.
    static var leapDay: Int { 365 }

    /// The year that begins on 1 March, and this date's day of it, 0 for the first.
    ///
    /// Neri and Schneider's Euclidean affine functions, over years counted from 400 times 20 before the year 0, so that
    /// every number is positive.
    @inlinable
    var marchYear: (year: Int, day: Int) {
        let eras = 20
        let shifted = Int64(dayNumber) + Int64(719_468 + 146_097 * eras)
        guard shifted >= 0, shifted < 1 << 31 else { return distantMarchYear }
        let centuryDay = 4 * UInt64(bitPattern: shifted) + 3
        let century = centuryDay / 146_097
        let yearDay = (centuryDay % 146_097) | 3
        let product = 2_939_745 * yearDay
        let dayOfYear = (product & 0xFFFF_FFFF) / 2_939_745 / 4
        return (Int(100 * century + product >> 32) - 400 * eras, Int(dayOfYear))
    }

    /// The same of a date outside the years that can be written, for windows without beginning or end.
    @usableFromInline
    var distantMarchYear: (year: Int, day: Int) {
        let shifted = Int(dayNumber) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        return (yearOfEra + era * 400, dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100))
    }

    /// Orders dates by time.
    @inlinable
    public static func < (left: CivilDate, right: CivilDate) -> Bool { left.dayNumber < right.dayNumber }

    /// The date so many days later; a negative number goes back.
    @inlinable
    public static func + (date: CivilDate, days: Int) -> CivilDate {
        CivilDate(dayNumber: Int32(clamping: Int(date.dayNumber) + days))
    }

    /// The date so many days earlier.
    @inlinable
    public static func - (date: CivilDate, days: Int) -> CivilDate { date + -days }

    /// The days from the right date to the left one.
    @inlinable
    public static func - (left: CivilDate, right: CivilDate) -> Int {
        Int(left.dayNumber) - Int(right.dayNumber)
    }
}

extension CivilDate: Strideable {
    /// Days from this date to another.
    @inlinable public func distance(to other: CivilDate) -> Int { other - self }

    /// The date so many days later.
    @inlinable public func advanced(by days: Int) -> CivilDate { self + days }
}

extension CivilDate: CustomStringConvertible {
    /// Reads exactly `YYYY-MM-DD`; nil for anything else and for days the calendar does not have.
    @inlinable
    public init?(_ text: Span<UInt8>) {
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let year = CivilDate.number(text, 0..<4), let month = CivilDate.number(text, 5..<7),
            let day = CivilDate.number(text, 8..<10)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Reads exactly `YYYY-MM-DD`; nil for anything else and for days the calendar does not have.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        self.init(bytes.span)
    }

    /// The value of ASCII digits at some positions, nil where one of them is no digit.
    @inlinable
    static func number(_ text: Span<UInt8>, _ positions: Range<Int>) -> Int? {
        var value = 0
        for position in positions {
            let digit = text[position] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    /// Calls `body` with each of the ten bytes of `YYYY-MM-DD`, in order.
    @inlinable
    public func forEachByte(_ body: (UInt8) -> Void) {
        let (year, month, day) = components
        let four = year % 10_000
        body(CivilDate.digit(four / 1000))
        body(CivilDate.digit(four / 100 % 10))
        body(CivilDate.digit(four / 10 % 10))
        body(CivilDate.digit(four % 10))
        body(UInt8(ascii: "-"))
        body(CivilDate.digit(month / 10))
        body(CivilDate.digit(month % 10))
        body(UInt8(ascii: "-"))
        body(CivilDate.digit(day / 10))
        body(CivilDate.digit(day % 10))
    }

    @inlinable
    static func digit(_ value: Int) -> UInt8 { UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value) }

    /// `YYYY-MM-DD`.
    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(10)
        forEachByte { bytes.append($0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
