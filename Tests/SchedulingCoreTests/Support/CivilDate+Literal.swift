public import SchedulingCore

/// Lets a test write a date as it is stored: `"2026-03-01"`. A literal that is no date ends the test process.
extension CivilDate: ExpressibleByStringLiteral {
    /// Reads the literal.
    public init(stringLiteral text: String) {
        guard let date = CivilDate(text) else { preconditionFailure("no date: \(text)") }
        self = date
    }
}

extension StateCode: ExpressibleByStringLiteral {
    /// Reads the literal.
    public init(stringLiteral text: String) {
        guard let code = StateCode(text) else { preconditionFailure("no state: \(text)") }
        self = code
    }
}
