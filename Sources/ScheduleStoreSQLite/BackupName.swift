import ScheduleStore

/// The name of a backup's file: `<organisation>-<YYYYMMDD>T<HHMMSS>Z.sqlite3`, with `-2` and so on behind the time
/// of a second one. Ids of organisations have no capital letters, so that a name is read in one way only.
struct BackupName: Hashable, Comparable {
    /// Ends of the names of files.
    static let suffix = ".sqlite3"

    /// The organisation, or `service` for the service's own store.
    let organizationID: String
    /// When it was made, `YYYYMMDDTHHMMSSZ`.
    let stamp: String
    /// Which of those of this second it is, from 1.
    let number: Int

    /// The name of a backup made at a time as columns hold it; nil for any other text.
    init?(organizationID: String, now: String, number: Int) {
        let digits = now.utf8.filter { $0 &- UInt8(ascii: "0") < 10 }
        guard digits.count == 14 else { return nil }
        let text = String(decoding: digits, as: UTF8.self)
        self.organizationID = organizationID
        stamp = "\(text.prefix(8))T\(text.suffix(6))Z"
        self.number = number
    }

    /// Reads a file's name; nil where it is none of ours.
    init?(fileName: String) {
        guard
            let match = fileName.wholeMatch(
                of: /([a-z0-9_-]{1,64})-([0-9]{8}T[0-9]{6}Z)(?:-([1-9][0-9]{0,5}))?\.sqlite3/),
            match.output.1 == "service" || OrganizationRecord.isValidID(String(match.output.1))
        else { return nil }
        organizationID = String(match.output.1)
        stamp = String(match.output.2)
        number = match.output.3.flatMap { Int($0) } ?? 1
    }

    /// The file's name.
    var fileName: String {
        "\(organizationID)-\(stamp)\(number > 1 ? "-\(number)" : "")\(BackupName.suffix)"
    }

    /// The time as columns hold it.
    var createdAt: String {
        let text = Array(stamp.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        return
            "\(part(0..<4))-\(part(4..<6))-\(part(6..<8)) \(part(9..<11)):\(part(11..<13)):\(part(13..<15))"
    }

    /// Orders by time.
    static func < (left: BackupName, right: BackupName) -> Bool {
        (left.stamp, left.number, left.organizationID) < (right.stamp, right.number, right.organizationID)
    }
}
