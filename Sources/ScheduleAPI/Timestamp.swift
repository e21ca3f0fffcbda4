import SchedulingCore

/// The two ways in which instants are written: in columns and in JSON, both in UTC.
public enum Timestamp {
    /// `YYYY-MM-DD HH:MM:SS`, as columns hold it.
    ///
    /// - Parameter unixSeconds: Seconds since 1970-01-01 00:00:00 UTC.
    public static func column(unixSeconds: Int64) -> String { LocalMoment(seconds: unixSeconds).text }

    /// Seconds since 1970-01-01 00:00:00 UTC of a column's text; nil for text of any other form.
    public static func unixSeconds(column text: String) -> Int64? {
        LocalMoment(Array("\(text)Z".utf8).span, in: ZoneOffsets())?.seconds
    }

    /// `YYYY-MM-DDTHH:MM:SSZ` (RFC 3339) of a column's text; text of any other form is left as it is.
    static func rfc3339(column text: String) -> String {
        var bytes = Array(text.utf8)
        guard bytes.count == 19, bytes[10] == UInt8(ascii: " "),
            LocalMoment(bytes.span, in: ZoneOffsets()) != nil
        else { return text }
        bytes[10] = UInt8(ascii: "T")
        bytes.append(UInt8(ascii: "Z"))
        return String(decoding: bytes, as: UTF8.self)
    }
}
