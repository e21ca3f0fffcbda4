import HTTPHandling
import ScheduleConfig
import ScheduleJobs
import ScheduleStore

/// A whole configuration as a client sends it: the keys of the YAML file as JSON. Keys that are left out have the values
/// of the service's file.
struct ConfigurationBody {
    /// What it says.
    let settings: Settings

    /// Reads a body.
    ///
    /// - Throws: 400, 422 with every mistake.
    init(_ bytes: [UInt8], of organization: OrganizationRecord, service: Settings) throws(HTTPProblem) {
        let document = try JSONObjectReader.document(bytes)
        guard case .object = document.root, document.duplicates.isEmpty else {
            // Says what is wrong with it.
            var fields = try JSONObjectReader(document)
            try fields.finish()
            throw .invalidBody([])
        }
        var base = service
        base.timeZone = organization.timeZone
        do throws(SettingsError) {
            settings = try Settings(values: SettingsValue(document.root), base: base)
        } catch {
            throw .invalidBody(error.problems.map { Self.entry($0, in: document.root) })
        }
        let fixed = Self.fixedKeys(settings, service)
        if !fixed.isEmpty { throw .invalidBody(fixed) }
    }

    /// Mistakes in a stored configuration that is to hold again.
    static func problem(_ error: SettingsError) -> HTTPProblem {
        .invalidBody(error.problems.map { entry($0, in: .null) })
    }

    /// Keys that only the service's own file can set.
    private static func fixedKeys(_ settings: Settings, _ service: Settings) -> [HTTPProblem.Entry] {
        var mistakes: [HTTPProblem.Entry] = []
        func refuse(_ key: String, _ value: String) {
            mistakes.append(
                HTTPProblem.Entry(
                    pointer: "/\(key)", code: "service_setting",
                    detail: "Only the service's own file can set it, for all organisations; it is \(value)."))
        }
        if settings.backupRetentionDays != service.backupRetentionDays {
            refuse("backup_retention_days", "\(service.backupRetentionDays)")
        }
        if settings.retention != service.retention {
            let kept = service.retention
            refuse(
                "retention",
                "audit_days \(kept.audit_days), runs_days \(kept.runs_days), imports_days \(kept.imports_days), "
                    + "events_days \(kept.events_days)")
        }
        if settings.durability != service.durability { refuse("durability", service.durability.rawValue) }
        return mistakes
    }

    private static func entry(_ problem: SettingsProblem, in root: JSONValue) -> HTTPProblem.Entry {
        let isUnknown = problem.found == SettingsProblem.unknownKey
        let hint = problem.suggestion.map { "; did you mean “\($0)”?" } ?? "."
        return HTTPProblem.Entry(
            pointer: JSONPointer(keyPath: problem.keyPath[...], in: root).description,
            code: isUnknown ? "unknown_field" : "invalid_value",
            detail: "Found \(problem.found), expected \(problem.expected)\(hint)")
    }
}

extension JSONPointer {
    /// The place that a key path such as `aep_config.default_dates[0].month` names. A member whose name has dots or
    /// brackets is told by what the document has.
    init(keyPath: Substring, in root: JSONValue) {
        self = .root
        var rest = keyPath
        var value = root
        while !rest.isEmpty {
            if rest.first == "[", case .array(let elements) = value, let end = rest.firstIndex(of: "]"),
                let index = Int(rest[rest.index(after: rest.startIndex)..<end]),
                elements.indices.contains(index)
            {
                self = element(index)
                value = elements[index]
                rest = rest[rest.index(after: end)...]
            } else {
                if rest.first == "." { rest.removeFirst() }
                var members: [JSONValue.Member] = []
                if case .object(let some) = value { members = some }
                let member = members.filter { rest.hasPrefix($0.name) && !$0.name.isEmpty }
                    .max { $0.name.utf8.count < $1.name.utf8.count }
                let name = member?.name ?? String(rest.prefix { $0 != "." && $0 != "[" })
                self = self.member(name)
                value = member?.value ?? .null
                rest = rest.dropFirst(max(1, name.count))
            }
        }
    }
}

extension SettingsValue {
    /// A JSON value as the configuration reads it. A number without a fraction is a whole one, however it is written.
    init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .boolean(flag)
        case .number(let text):
            if let number = Int(text) {
                self = .integer(number)
            } else if let number = Double(text) {
                self = Int(exactly: number).map { .integer($0) } ?? .number(number)
            } else {
                self = .text(text)
            }
        case .string(let text): self = .text(text)
        case .array(let elements): self = .list(elements.map { SettingsValue($0) })
        case .object(let members):
            self = .map(members.map { Entry(key: $0.name, value: SettingsValue($0.value)) })
        }
    }
}
