import Glibc

/// IMF-fixdate (RFC 9110, 5.6.7).
package enum HTTPDate {
    /// For example `Sun, 06 Nov 1994 08:49:37 GMT`.
    /// - Parameter unixSeconds: seconds since 1970; clamped to the years 1970 to 9999.
    package static func format(unixSeconds: Int64) -> [UInt8] {
        var seconds = time_t(min(max(unixSeconds, 0), 253_402_300_799))
        var fields = tm()
        gmtime_r(&seconds, &fields)
        // The program never sets a locale: names are those of the C locale.
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
            let count = strftime(text.baseAddress, text.count, "%a, %d %b %Y %H:%M:%S GMT", &fields)
            return text.prefix(count).map { UInt8(bitPattern: $0) }
        }
    }
}
