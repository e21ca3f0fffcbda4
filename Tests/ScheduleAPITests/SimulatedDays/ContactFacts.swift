import Foundation
import SchedulingCore

/// What SPEC 2 and 3 say of one contact on one day, read off its columns.
struct ContactFacts {
    let id: Int64
    /// Why it gets no schedule; nil where it gets one.
    let invalidity: String?
    let birth, effective: CivilDate?
    let state: String
    private let calendar: WindowCalendar

    init(_ contact: Snapshot.ContactRow, today: CivilDate, _ calendars: WindowCalendars) {
        id = contact.id
        let zip = (contact.zipCode ?? "").trimmingCharacters(in: .whitespaces)
        let zipState = ZIPStates.state(of: zip)
        let own = (contact.state ?? "").trimmingCharacters(in: .whitespaces).uppercased()
        state = ZIPStates.codes.contains(own) ? own : zipState ?? ""
        let birthText = contact.birthDate ?? ""
        let effectiveText = contact.effectiveDate ?? ""
        birth = CivilDate(birthText)
        effective = CivilDate(effectiveText)
        calendar = calendars.calendar(state: state, birth: birth, effective: effective)

        let email = (contact.email ?? "").trimmingCharacters(in: .whitespaces)
        let sides = email.components(separatedBy: "@")
        let isAddress = sides.count == 2 && !sides.contains("") && !email.contains(" ")
        let isBroken = { (text: String, date: CivilDate?) in !text.isEmpty && date == nil }
        if email.isEmpty {
            invalidity = "missing_email"
        } else if !isAddress {
            invalidity = "invalid_email"
        } else if zip.isEmpty {
            invalidity = "missing_zip"
        } else if zipState == nil {
            invalidity = "invalid_zip"
        } else if isBroken(birthText, birth) || isBroken(effectiveText, effective)
            || (birth.map { $0 > today } ?? false)
        {
            invalidity = "invalid_date"
        } else {
            invalidity = nil
        }
    }

    /// Why a date is excluded for the contact; nil where it is allowed.
    func exclusion(on date: CivilDate) -> String? { calendar.reason(on: date) }

    /// The last day of the closed stretch that an excluded date lies in; nil where there is none within 800
    /// days.
    func endOfStretch(from date: CivilDate) -> CivilDate? { calendar.endOfStretch(from: date) }

    /// The anniversary of a date in a year: 29 February is 28 February in a common year.
    static func anniversary(of date: CivilDate, in year: Int) -> CivilDate {
        let (_, month, day) = date.components
        return CivilDate(year: year, month: month, day: day)
            ?? CivilDate(year: year, month: month, day: 28) ?? date
    }
}

/// The window calendars of everyone, kept from run to run.
final class WindowCalendars {
    private struct Key: Hashable {
        let state: String
        let birth, effective: CivilDate?
    }

    private var known: [Key: WindowCalendar] = [:]

    func calendar(state: String, birth: CivilDate?, effective: CivilDate?) -> WindowCalendar {
        let key = Key(state: state, birth: birth, effective: effective)
        if let calendar = known[key] { return calendar }
        let calendar = WindowCalendar(state: state, birth: birth, effective: effective)
        known[key] = calendar
        return calendar
    }
}

/// The default windows of SPEC 3, tried day by day and remembered.
final class WindowCalendar {
    private static let birthdayWindows: [String: (before: Int, after: Int)] = [
        "CA": (30, 60), "ID": (0, 63), "KY": (0, 60), "MD": (0, 30), "NV": (0, 60), "OK": (0, 60),
        "OR": (0, 31), "VA": (0, 30),
    ]
    private static let effectiveDateWindows: [String: (before: Int, after: Int)] = ["MO": (30, 33)]
    private static let yearRound: Set = ["CT", "MA", "NY", "WA"]
    private static let extensionDays = 60

    private let state: String
    private let birth, effective: CivilDate?
    private var known: [CivilDate: String?] = [:]
    private var ends: [CivilDate: CivilDate?] = [:]

    init(state: String, birth: CivilDate?, effective: CivilDate?) {
        self.state = state
        self.birth = birth
        self.effective = effective
    }

    func reason(on date: CivilDate) -> String? {
        if let reason = known[date] { return reason }
        let reason = find(date)
        known[date] = .some(reason)
        return reason
    }

    func endOfStretch(from date: CivilDate) -> CivilDate? {
        if let end = ends[date] { return end }
        let end = (date...(date + 800)).first { reason(on: $0) != nil && reason(on: $0 + 1) == nil }
        ends[date] = .some(end)
        return end
    }

    private func find(_ date: CivilDate) -> String? {
        if Self.yearRound.contains(state) { return "year_round_exclusion" }
        for year in (date.year - 1)...(date.year + 2) {
            if let window = Self.birthdayWindows[state], let birth {
                let birthday = ContactFacts.anniversary(of: birth, in: year)
                let anchor = state == "NV" ? birthday - (birthday.components.day - 1) : birthday
                if holds(window, anchor, date) { return "birthday_window" }
            }
            if let window = Self.effectiveDateWindows[state], let effective, year >= effective.year,
                holds(window, ContactFacts.anniversary(of: effective, in: year), date)
            {
                return "effective_date_window"
            }
        }
        return nil
    }

    private func holds(
        _ window: (before: Int, after: Int), _ anchor: CivilDate, _ date: CivilDate
    ) -> Bool {
        anchor - window.before - Self.extensionDays <= date && date <= anchor + window.after
    }
}

/// The ZIP table, looked through from its beginning.
enum ZIPStates {
    private static let ranges: [(first: Int, last: Int, state: String)] = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../../Sources/SchedulingCore/Resources/zip_state_ranges.csv")
        let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count >= 3, let first = Int(fields[0]), let last = Int(fields[1]) else { return nil }
            return (first, last, String(fields[2]))
        }
    }()

    /// Every state that occurs in the table.
    static let codes = Set(ranges.map(\.state))

    /// The state of five digits, or five and four; nil where no range holds them.
    static func state(of zip: String) -> String? {
        let parts = zip.split(separator: "-", omittingEmptySubsequences: false)
        let isDigits = { (text: Substring, count: Int) in
            text.count == count && text.allSatisfy { $0.isASCII && $0.isNumber }
        }
        guard let five = parts.first, isDigits(five, 5), let number = Int(five),
            parts.count == 1 || (parts.count == 2 && isDigits(parts[1], 4))
        else { return nil }
        return ranges.first { $0.first <= number && number <= $0.last }?.state
    }
}
