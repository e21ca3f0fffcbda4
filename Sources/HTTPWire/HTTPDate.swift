import HTTPHandling

/// IMF-fixdate (RFC 9110, 5.6.7), made without a calendar library.
package enum HTTPDate {
    /// For example `Sun, 06 Nov 1994 08:49:37 GMT`.
    /// - Parameter unixSeconds: seconds since 1970; clamped to the years 1970 to 9999.
    package static func format(unixSeconds: Int64) -> [UInt8] {
        let seconds = min(max(unixSeconds, 0), 253_402_300_799)
        let days = Int(seconds / 86_400)
        let time = Int(seconds % 86_400)
        let (year, month, day) = civil(daysSince1970: days)
        var out: [UInt8] = []
        out.reserveCapacity(29)
        out.append(["Thu, ", "Fri, ", "Sat, ", "Sun, ", "Mon, ", "Tue, ", "Wed, "][days % 7])
        appendTwo(day, to: &out)
        out.append(
            [
                " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ",
                " Nov ", " Dec ",
            ][month - 1])
        appendTwo(year / 100, to: &out)
        appendTwo(year % 100, to: &out)
        out.append(ASCII.space)
        appendTwo(time / 3_600, to: &out)
        out.append(0x3A)
        appendTwo(time / 60 % 60, to: &out)
        out.append(0x3A)
        appendTwo(time % 60, to: &out)
        out.append(" GMT")
        return out
    }

    private static func appendTwo(_ value: Int, to out: inout [UInt8]) {
        out.append(0x30 + UInt8(value / 10 % 10))
        out.append(0x30 + UInt8(value % 10))
    }

    /// The Gregorian date of a day count: eras of 400 years, years that begin in March.
    private static func civil(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
