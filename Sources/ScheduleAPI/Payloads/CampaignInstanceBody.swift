import HTTPHandling
import ScheduleStore
import SchedulingCore

/// A campaign instance, or a change of one, as a client sends it.
struct CampaignInstanceBody {
    /// The columns that are given, null among them.
    var values: [CampaignInstanceField: String?] = [:]

    /// Reads an instance.
    ///
    /// - Parameters:
    ///   - current: The instance that is changed; nil for a new one.
    ///   - types: The campaign types that there are.
    /// - Throws: 422 with every mistake.
    init(
        _ fields: inout JSONObjectReader, current: CampaignInstanceRecord?, types: [String: CampaignType],
        zipTable: ZIPTable = .bundled
    ) throws(HTTPProblem) {
        var read: [CampaignInstanceField: String?] = [:]
        let isTypeGiven = fields.has(CampaignInstanceField.campaignType.rawValue)
        let type = fields.string("campaign_type", required: current == nil || isTypeGiven)
        if let type, types[type] == nil {
            fields.refuse("campaign_type", "unknown_record", "There is no such campaign type.")
        }
        read[.campaignType] = .some(type)
        for field in [CampaignInstanceField.instanceName, .emailTemplate, .smsTemplate] {
            read[field] = .some(fields.trimmed(field.rawValue))
        }
        for field in [CampaignInstanceField.activeStartDate, .activeEndDate] {
            read[field] = .some(fields.dateText(field.rawValue))
        }
        read[.metadata] = .some(fields.objectText("metadata"))
        read[.audience] = .some(Self.audience(&fields, zipTable))
        for (field, value) in read where fields.has(field.rawValue) { values[field] = .some(value) }

        let start = values[.activeStartDate] ?? current?.values[.activeStartDate]
        let end = values[.activeEndDate] ?? current?.values[.activeEndDate]
        if let start = start.flatMap({ CivilDate($0) }), let end = end.flatMap({ CivilDate($0) }), start > end
        {
            let place: CampaignInstanceField =
                values[.activeEndDate] == nil ? .activeStartDate : .activeEndDate
            fields.refuse(
                place.rawValue, "invalid_date", "It would end on \(end), before it begins on \(start).")
        }
        try fields.finish()
    }

    /// The states as a JSON array; nil for everyone.
    private static func audience(_ fields: inout JSONObjectReader, _ zipTable: ZIPTable) -> String? {
        guard let elements = fields.array("audience"), !elements.isEmpty else { return nil }
        var states: [String] = []
        for (index, element) in elements.enumerated() {
            if case .string(let text) = element, let state = StateCode(text), zipTable.contains(state) {
                if !states.contains(state.description) { states.append(state.description) }
            } else {
                fields.refuse(
                    JSONPointer.root.member("audience").element(index), "invalid_value",
                    "Expected the two letters of a state.")
            }
        }
        return "[" + states.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    }
}

extension JSONObjectReader {
    /// A date as text; nil where it is not given, null or empty, or no date (noted).
    mutating func dateText(_ name: String) -> String? {
        guard let text = trimmed(name) else { return nil }
        guard CivilDate(text) != nil else {
            refuse(name, "invalid_date", "Expected a date of the form YYYY-MM-DD.")
            return nil
        }
        return text
    }

    /// The elements of an array; nil where it is not given, null, or no array (noted).
    mutating func array(_ name: String) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else {
            refuse(name, "invalid_type", "Expected an array, found \(value.kind).")
            return nil
        }
        return elements
    }

    /// An object as JSON text; nil where it is not given, null, or no object (noted).
    mutating func objectText(_ name: String) -> String? {
        guard let value = value(name) else { return nil }
        guard case .object = value else {
            refuse(name, "invalid_type", "Expected an object, found \(value.kind).")
            return nil
        }
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
