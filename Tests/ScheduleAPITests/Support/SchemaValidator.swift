import Foundation

/// Holds a JSON value against a schema of the contract, as far as the contract uses JSON Schema. Fields that the
/// schema does not name are mistakes.
struct SchemaValidator {
    let contract: Contract

    /// Every mistake, with its place.
    func mistakes(in value: Any, _ schema: Any?, at place: String) -> [String] {
        let schema = contract.resolve(schema)
        if let choices = schema["oneOf"] as? [Any] {
            let fits = choices.contains { mistakes(in: value, $0, at: place).isEmpty }
            return fits ? [] : ["\(place): fits none of \(choices.count) schemas"]
        }
        if let type = schema["type"] {
            let allowed = type as? [String] ?? [type as? String ?? ""]
            guard allowed.contains(where: { has(value, type: $0) }) else {
                return ["\(place): \(value) is not of type \(allowed)"]
            }
        }
        if let words = schema["enum"] as? [String], !words.contains("\(value)") {
            return ["\(place): \(value) is none of \(words)"]
        }
        if let word = schema["const"] as? String, word != "\(value)" {
            return ["\(place): \(value) is not \(word)"]
        }
        switch value {
        case let object as [String: Any]: return mistakes(in: object, schema, at: place)
        case let array as [Any]:
            guard let items = schema["items"] else { return [] }
            return array.enumerated().flatMap { mistakes(in: $1, items, at: "\(place)/\($0)") }
        default: return []
        }
    }

    /// The fields that a schema names, those of the schemas it includes among them.
    func fields(_ schema: [String: Any]) -> (properties: [String: Any], required: [String]) {
        var properties = schema["properties"] as? [String: Any] ?? [:]
        var required = schema["required"] as? [String] ?? []
        for part in schema["allOf"] as? [Any] ?? [] {
            let more = fields(contract.resolve(part))
            properties.merge(more.properties) { own, _ in own }
            required += more.required
        }
        return (properties, required)
    }

    private func mistakes(in object: [String: Any], _ schema: [String: Any], at place: String) -> [String] {
        let (properties, required) = fields(schema)
        var found = required.filter { object[$0] == nil }.map { "\(place)/\($0): missing" }
        for (name, value) in object {
            if let property = properties[name] {
                found += mistakes(in: value, property, at: "\(place)/\(name)")
            } else if let others = schema["additionalProperties"] {
                found += mistakes(in: value, others, at: "\(place)/\(name)")
            } else if !properties.isEmpty {
                found.append("\(place)/\(name): not described")
            }
        }
        return found
    }

    private func has(_ value: Any, type: String) -> Bool {
        let isFlag = (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
        return switch type {
        case "null": value is NSNull
        case "boolean": isFlag
        case "integer":
            !isFlag && (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        case "number": !isFlag && value is NSNumber
        case "string": value is String
        case "array": value is [Any]
        case "object": value is [String: Any]
        default: false
        }
    }
}
