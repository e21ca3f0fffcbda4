import SchedulingCore

/// How one value is read from its text, and what is said where that fails.
struct SettingsScalar<Value>: Sendable {
    /// What a right value is, in words.
    let expected: String
    /// The value of a text, nil where it is none; told whether the text stands without quotes.
    let parse: @Sendable (_ text: String, _ isPlain: Bool) -> Value?
    /// The value as a part of the tree.
    let tree: @Sendable (Value) -> SettingsValue
    /// Right values, where there are few: a misspelt one is compared with them.
    var choices: [String] = []
}

extension SettingsScalar<Int> {
    /// A whole number in decimal digits, without leading zeros: some readers take those for octal.
    ///
    /// - Parameter other: A number outside of the range that is right too.
    static func integer(
        _ range: ClosedRange<Int>, isOdd: Bool = false, or other: Int? = nil
    ) -> SettingsScalar {
        SettingsScalar(
            expected:
                "\(isOdd ? "an odd" : "a whole") number from \(range.lowerBound) to \(range.upperBound)"
                + (other.map { ", or \($0)" } ?? ""),
            parse: { text, isPlain in
                let digits = text.hasPrefix("-") ? text.utf8.dropFirst() : text.utf8[...]
                let isSound =
                    isPlain && !digits.isEmpty && digits.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
                    && (digits.count == 1 || digits.first != UInt8(ascii: "0"))
                guard isSound, let number = Int(text), range.contains(number) || number == other else {
                    return nil
                }
                return isOdd && number % 2 == 0 ? nil : number
            },
            tree: { .integer($0) })
    }
}

extension SettingsScalar<Double> {
    /// A number with or without a fraction.
    static func number(
        _ expected: String, where isAllowed: @escaping @Sendable (Double) -> Bool
    ) -> SettingsScalar {
        SettingsScalar(
            expected: expected,
            parse: { text, isPlain in
                let isSound = isPlain && text.utf8.allSatisfy { "0123456789.eE+-".utf8.contains($0) }
                guard isSound, let number = Double(text), number.isFinite else { return nil }
                return isAllowed(number) ? number : nil
            },
            tree: { .number($0) })
    }
}

extension SettingsScalar<Bool> {
    /// A boolean in the words of YAML 1.1 and 1.2.
    static let boolean = SettingsScalar(
        expected: "true or false",
        parse: { text, isPlain in
            switch isPlain ? text.lowercased() : "" {
            case "true", "yes", "on": true
            case "false", "no", "off": false
            default: nil
            }
        },
        tree: { .boolean($0) })
}

extension SettingsScalar<String> {
    /// Any text that has more than white space, of at most so many bytes.
    static func text(_ expected: String = "text", maximumBytes: Int = 255) -> SettingsScalar {
        SettingsScalar(
            expected: "\(expected) of 1 to \(maximumBytes) bytes",
            parse: { text, _ in
                let isSound =
                    text.utf8.count <= maximumBytes && !Array(text.utf8).span.trimmedRange.isEmpty
                    && !text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" }
                return isSound ? text : nil
            },
            tree: { .text($0) })
    }

    /// A time of day `HH:MM`, where seconds are allowed `HH:MM:SS`, which it becomes then.
    static func timeOfDay(withSeconds: Bool) -> SettingsScalar {
        SettingsScalar(
            expected: withSeconds ? "a time of day HH:MM:SS or HH:MM" : "a time of day HH:MM",
            parse: { text, _ in
                let form = text.utf8.map { $0 &- UInt8(ascii: "0") < 10 ? UInt8(ascii: "9") : $0 }
                let isShort = form == Array("99:99".utf8)
                let isLong = withSeconds && form == Array("99:99:99".utf8)
                guard isShort || isLong, !isLong || text.hasSuffix(":60") == false,
                    LocalMoment.secondOfDay(Array(text.utf8).span) != nil
                else { return nil }
                return isShort && withSeconds ? text + ":00" : text
            },
            tree: { .text($0) })
    }
}

extension SettingsScalar<CivilDate> {
    /// A date `YYYY-MM-DD`.
    static let date = SettingsScalar(
        expected: "a date YYYY-MM-DD", parse: { text, _ in CivilDate(text) }, tree: { .text("\($0)") })
}

extension SettingsScalar where Value: RawRepresentable<String> & CaseIterable & Sendable {
    /// One of a few words.
    static func word() -> SettingsScalar {
        let values = Array(Value.allCases)
        let words = values.map(\.rawValue)
        return SettingsScalar(
            expected: words.joined(separator: " or "),
            parse: { text, _ in values.first { $0.rawValue == text } },
            tree: { .text($0.rawValue) }, choices: words)
    }
}
