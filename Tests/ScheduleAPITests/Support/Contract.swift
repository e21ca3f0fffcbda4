import Foundation
import HTTPHandling
import HTTPTypes
import ScheduleAPI
import Testing
import Yams

/// `openapi.yaml`, as far as tests hold answers against it.
struct Contract: @unchecked Sendable {
    /// The contract of this repository.
    static let shared = Result { try Contract() }.valueOrRecord

    /// The document; read once and never changed.
    let root: [String: Any]

    init() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../../openapi.yaml")
        root = try Yams.load(yaml: String(contentsOf: path, encoding: .utf8)) as? [String: Any] ?? [:]
    }

    fileprivate init(root: [String: Any]) { self.root = root }

    /// Every operation, by `METHOD path`.
    var operations: [String: [String: Any]] {
        var operations: [String: [String: Any]] = [:]
        for (path, item) in root["paths"] as? [String: [String: Any]] ?? [:] {
            for (method, operation) in item {
                operations["\(method.uppercased()) \(path)"] = operation as? [String: Any]
            }
        }
        return operations
    }

    /// What a reference names, or the value itself.
    func resolve(_ value: Any?) -> [String: Any] {
        guard let object = value as? [String: Any] else { return [:] }
        guard let reference = object["$ref"] as? String else { return object }
        var found: Any? = root
        for part in reference.dropFirst(2).split(separator: "/") {
            found = (found as? [String: Any])?[String(part)]
        }
        return resolve(found)
    }

    /// Holds an answer against the operation of its request: status, format, and every field of its body.
    func check(_ answer: Answer, of request: ServerRequest) throws {
        let method = request.method == .head ? "GET" : request.method.rawValue
        guard let route = route(method, request.segments) else { return }
        let operation = operations["\(method) \(route.template)"] ?? [:]
        let responses = operation["responses"] as? [String: Any] ?? [:]
        let place = "\(method) \(route.template) \(answer.status)"
        guard let described = responses["\(answer.status)"] else {
            Issue.record("\(place) is not described: \(answer.text)")
            return
        }
        let content = resolve(described)["content"] as? [String: Any] ?? [:]
        guard let type = answer.fields[.contentType]?.split(separator: ";").first.map(String.init) else {
            #expect(answer.bytes.isEmpty && content.isEmpty, "\(place) has no Content-Type")
            return
        }
        guard let format = content[type] as? [String: Any] else {
            Issue.record("\(place): \(type) is not described")
            return
        }
        guard type.hasSuffix("json"), !type.contains("ndjson") else { return }
        let validator = SchemaValidator(contract: self)
        for mistake in validator.mistakes(in: try answer.json, format["schema"], at: "") {
            Issue.record("\(place): \(mistake)")
        }
    }

    /// The route of a request; nil where its resource, the one with the fewest variables, has no such method.
    private func route(_ method: String, _ segments: [String]) -> Route? {
        let resources = RouteTable.routes.filter { route in
            let parts = route.template.split(separator: "/")
            return parts.count == segments.count
                && zip(parts, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        let variables = { (route: Route) in route.template.count { $0 == "{" } }
        let fewest = resources.map(variables).min()
        return resources.first { $0.method.rawValue == method && variables($0) == fewest }
    }
}

extension Result where Success == Contract {
    /// The contract; an empty one, with a recorded issue, where it cannot be read.
    fileprivate var valueOrRecord: Contract {
        switch self {
        case .success(let contract): return contract
        case .failure(let error):
            Issue.record("openapi.yaml cannot be read: \(error)")
            return Contract(root: [:])
        }
    }
}
