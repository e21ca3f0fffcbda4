import HTTPHandling
import SchedulingCore

/// Takes the query parameters of a request by name and type, and collects everything that is wrong with them.
struct QueryReader: Sendable {
    private var values: [String: String] = [:]
    private var problems: [HTTPProblem.Entry] = []

    /// The parameters of a request, of which a route knows some.
    init(_ items: [QueryItem], known: [QueryParameter]) {
        for item in items {
            if !known.contains(where: { $0.rawValue == item.name }) {
                refuse(item.name, "unknown_parameter", "There is no such parameter here.")
            } else if values.updateValue(item.value, forKey: item.name) != nil {
                refuse(item.name, "duplicate_parameter", "The parameter is given twice.")
            }
        }
    }

    /// Whether a parameter is given.
    func has(_ parameter: QueryParameter) -> Bool { values[parameter.rawValue] != nil }

    /// Notes a mistake.
    mutating func refuse(_ parameter: QueryParameter, _ code: String, _ detail: String) {
        refuse(parameter.rawValue, code, detail)
    }

    /// To be called when every parameter was taken.
    ///
    /// - Throws: 400 with every mistake.
    func finish() throws(HTTPProblem) {
        guard !problems.isEmpty else { return }
        let names = problems.map(\.pointer).joined(separator: ", ")
        throw .api(.invalidParameter, detail: "Query parameters: \(names).", errors: problems)
    }

    /// A text that is not empty.
    mutating func text(_ parameter: QueryParameter) -> String? {
        guard let value = values[parameter.rawValue] else { return nil }
        if value.isEmpty { refuse(parameter, "invalid_value", "The value is empty.") }
        return value
    }

    /// A whole number from 1 up.
    mutating func positiveInteger(_ parameter: QueryParameter, maximum: Int64 = .max) -> Int64? {
        guard let value = values[parameter.rawValue] else { return nil }
        guard let number = PathParameters.positiveInteger(value), number <= maximum else {
            refuse(parameter, "invalid_value", "Expected a whole number from 1 to \(maximum).")
            return nil
        }
        return number
    }

    /// A date.
    mutating func date(_ parameter: QueryParameter) -> CivilDate? {
        guard let value = values[parameter.rawValue] else { return nil }
        guard let date = CivilDate(value) else {
            refuse(parameter, "invalid_date", "Expected a date of the form YYYY-MM-DD.")
            return nil
        }
        return date
    }

    /// How many records a page may have.
    mutating func limit() -> Int {
        Int(positiveInteger(.limit, maximum: Int64(PageLimit.maximum)) ?? Int64(PageLimit.standard))
    }

    /// The key of a cursor that a list gave out.
    mutating func cursor(of list: Cursor.List) -> String? {
        guard let value = values[QueryParameter.cursor.rawValue] else { return nil }
        guard let key = Cursor.read(value, of: list) else {
            refuse(.cursor, "invalid_cursor", "This is no cursor that this list has given out.")
            return nil
        }
        return key
    }

    /// The key of a cursor of a list whose keys are whole numbers.
    mutating func integerCursor(of list: Cursor.List) -> Int64? {
        guard let key = cursor(of: list) else { return nil }
        guard let number = Int64(key) else {
            refuse(.cursor, "invalid_cursor", "This is no cursor that this list has given out.")
            return nil
        }
        return number
    }

    private mutating func refuse(_ name: String, _ code: String, _ detail: String) {
        problems.append(HTTPProblem.Entry(pointer: name, code: code, detail: detail))
    }
}
