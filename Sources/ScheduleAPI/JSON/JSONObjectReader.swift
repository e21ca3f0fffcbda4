import HTTPHandling
import SchedulingCore

/// Takes the fields of a JSON object by name and type, and collects everything that is wrong with them, so
/// that one answer names every mistake.
struct JSONObjectReader {
    private let members: [JSONValue.Member]
    private var known: Set<String> = []
    private var problems: [HTTPProblem.Entry]

    /// Reads a body.
    ///
    /// - Throws: 400 where it is no JSON, 422 where it is no object.
    init(_ bytes: [UInt8]) throws(HTTPProblem) {
        try self.init(Self.document(bytes))
    }

    /// Reads the members of an object, each with a name of its own.
    init(members: [JSONValue.Member]) {
        self.members = members
        problems = []
    }

    /// The JSON of a body.
    ///
    /// - Throws: 400 where it is none.
    static func document(_ bytes: [UInt8]) throws(HTTPProblem) -> JSONParser.Document {
        do throws(JSONParser.SyntaxError) {
            return try JSONParser.parse(bytes)
        } catch {
            let (line, column) = error.place(in: bytes)
            throw .api(
                .malformedBody,
                detail: "The body is not JSON: line \(line), column \(column): \(error.detail).",
                errors: [
                    HTTPProblem.Entry(
                        pointer: error.pointer.description, code: "malformed_json",
                        detail: "Line \(line), column \(column): \(error.detail).")
                ])
        }
    }

    /// Reads the object that a body is.
    ///
    /// - Throws: 422 where it is none.
    init(_ document: JSONParser.Document) throws(HTTPProblem) {
        guard case .object(let members) = document.root else {
            throw .invalidBody([
                HTTPProblem.Entry(
                    pointer: "", code: "invalid_type",
                    detail: "Expected an object, found \(document.root.kind).")
            ])
        }
        self.members = members
        problems = document.duplicates.map {
            HTTPProblem.Entry(
                pointer: $0.description, code: "duplicate_field", detail: "The field is given twice.")
        }
    }

    /// Whether a field is given, be it null.
    func has(_ name: String) -> Bool { members.contains { $0.name == name } }

    /// Whether a field is given as null.
    func isNull(_ name: String) -> Bool { members.first { $0.name == name }?.value == .null }

    /// Whether a field is given as null or as a text of nothing but spaces.
    func isNullOrBlank(_ name: String) -> Bool {
        switch members.first(where: { $0.name == name })?.value {
        case .null: true
        case .string(let text): Array(text.utf8).span.trimmedRange.isEmpty
        default: false
        }
    }

    /// Whether a field is given as an array without elements.
    func isEmptyArray(_ name: String) -> Bool {
        members.first { $0.name == name }?.value == .array([])
    }

    /// Notes a mistake in a field.
    mutating func refuse(_ name: String, _ code: String, _ detail: String) {
        refuse(JSONPointer.root.member(name), code, detail)
    }

    /// Notes a mistake at a place.
    mutating func refuse(_ pointer: JSONPointer, _ code: String, _ detail: String) {
        problems.append(HTTPProblem.Entry(pointer: pointer.description, code: code, detail: detail))
    }

    /// Notes the mistakes that reading an object at a place has found.
    mutating func refuse(_ mistakes: [HTTPProblem.Entry], under pointer: JSONPointer) {
        problems += mistakes.map { mistake in
            HTTPProblem.Entry(
                pointer: pointer.description + mistake.pointer, code: mistake.code, detail: mistake.detail)
        }
    }

    /// Whether a mistake was noted.
    var hasProblems: Bool { !problems.isEmpty }

    /// To be called when every field was taken.
    ///
    /// - Throws: 422 with every mistake, fields that nobody took among them.
    mutating func finish() throws(HTTPProblem) {
        for member in members where !known.contains(member.name) {
            refuse(member.name, "unknown_field", "There is no such field here.")
        }
        if !problems.isEmpty { throw .invalidBody(problems) }
    }

    // MARK: Fields

    /// A text; nil where it is not given, not a text (noted), or null where that is allowed.
    mutating func string(
        _ name: String, required: Bool = false, allowsNull: Bool = false, maximumBytes: Int = 65_536
    ) -> String? {
        guard let value = take(name, required: required, allowsNull: allowsNull) else { return nil }
        guard case .string(let text) = value else {
            expected("a string", name, value)
            return nil
        }
        if text.utf8.contains(0) {
            refuse(name, "invalid_text", "A text cannot contain NUL.")
            return nil
        }
        if text.utf8.count > maximumBytes {
            refuse(name, "too_long", "The text is longer than \(maximumBytes) bytes.")
            return nil
        }
        return text
    }

    /// A whole number, at least 1; nil where it is not given or not such a number (noted).
    mutating func positiveInteger(
        _ name: String, required: Bool = false, allowsNull: Bool = false
    ) -> Int64? {
        guard let value = take(name, required: required, allowsNull: allowsNull) else { return nil }
        return positiveInteger(value, JSONPointer.root.member(name))
    }

    /// Whole numbers, each at least 1.
    mutating func positiveIntegers(_ name: String) -> [Int64]? {
        guard let value = take(name, required: false, allowsNull: false) else { return nil }
        guard case .array(let elements) = value else {
            expected("an array", name, value)
            return nil
        }
        let pointer = JSONPointer.root.member(name)
        return elements.enumerated().compactMap { positiveInteger($1, pointer.element($0)) }
    }

    /// A whole number of a range; nil where it is not given or not such a number (noted).
    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = take(name, required: false, allowsNull: false) else { return nil }
        guard case .number(let text) = value else {
            expected("a whole number", name, value)
            return nil
        }
        guard let number = Self.integer(text).map({ Int($0) }), range.contains(number) else {
            refuse(
                name, "invalid_value",
                "Expected a whole number from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return number
    }

    /// A boolean; the standard one where it is not given.
    mutating func flag(_ name: String, standard: Bool = false) -> Bool {
        guard let value = take(name, required: false, allowsNull: false) else { return standard }
        guard case .bool(let flag) = value else {
            expected("a boolean", name, value)
            return standard
        }
        return flag
    }

    /// A date; nil where it is not given or not `YYYY-MM-DD` (noted).
    mutating func date(_ name: String) -> CivilDate? {
        guard let text = string(name) else { return nil }
        guard let date = CivilDate(text) else {
            refuse(name, "invalid_date", "Expected a date of the form YYYY-MM-DD.")
            return nil
        }
        return date
    }

    /// An instant, in seconds since 1970-01-01 00:00:00 UTC; nil where it is not given or none (noted). Text without
    /// an offset is in UTC.
    mutating func instant(_ name: String) -> Int64? {
        guard let text = string(name, allowsNull: true) else { return nil }
        guard text.utf8.count > 10, let moment = LocalMoment(Array(text.utf8).span, in: ZoneOffsets()) else {
            refuse(name, "invalid_instant", "Expected an instant of the form YYYY-MM-DDTHH:MM:SSZ.")
            return nil
        }
        return moment.seconds
    }

    /// One of a closed set of words; nil where it is not given or none of them (noted).
    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, required: Bool = false
    ) -> Word? where Word.RawValue == String {
        guard let text = string(name, required: required) else { return nil }
        guard let word = Word(rawValue: text) else {
            refuse(name, "invalid_value", "Expected one of \(Self.list(Word.self)).")
            return nil
        }
        return word
    }

    /// Words of a closed set.
    mutating func words<Word: RawRepresentable & CaseIterable>(
        _ name: String, required: Bool
    ) -> [Word]? where Word.RawValue == String {
        guard let value = take(name, required: required, allowsNull: false) else { return nil }
        guard case .array(let elements) = value else {
            expected("an array", name, value)
            return nil
        }
        return elements.enumerated().compactMap { index, element in
            if case .string(let text) = element, let word = Word(rawValue: text) { return word }
            refuse(
                JSONPointer.root.member(name).element(index), "invalid_value",
                "Expected one of \(Self.list(Word.self)).")
            return nil
        }
    }

    /// Whatever is given; nil where nothing or null is.
    mutating func value(_ name: String) -> JSONValue? {
        take(name, required: false, allowsNull: true)
    }

    // MARK: Taking

    private mutating func take(_ name: String, required: Bool, allowsNull: Bool) -> JSONValue? {
        known.insert(name)
        guard let value = members.first(where: { $0.name == name })?.value else {
            if required { refuse(name, "required", "The field is required.") }
            return nil
        }
        if value == .null, allowsNull { return nil }
        return value
    }

    private mutating func positiveInteger(_ value: JSONValue, _ pointer: JSONPointer) -> Int64? {
        guard case .number(let text) = value else {
            refuse(pointer, "invalid_type", "Expected a whole number, found \(value.kind).")
            return nil
        }
        guard let number = Self.integer(text), number >= 1 else {
            refuse(pointer, "invalid_value", "Expected a whole number from 1 to \(Int64.max).")
            return nil
        }
        return number
    }

    /// A whole number of JSON; `1.0` is one too.
    private static func integer(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard let whole = parts.first else { return nil }
        if parts.count == 2, !parts[1].utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) { return nil }
        return Int64(whole)
    }

    private mutating func expected(_ kind: String, _ name: String, _ value: JSONValue) {
        refuse(name, "invalid_type", "Expected \(kind), found \(value.kind).")
    }

    private static func list<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> String
    where Word.RawValue == String {
        Word.allCases.map(\.rawValue).joined(separator: ", ")
    }
}
