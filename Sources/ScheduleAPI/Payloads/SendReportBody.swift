import HTTPHandling
import ScheduleStore
import SchedulingCore

/// What a sender reports: an array of which each element is judged alone.
struct SendReportBody: Sendable {
    /// The reports that can be read.
    private(set) var reports: [SendReport] = []
    /// The `id` of each element as it was sent, and the position of its report; nil where it cannot be read.
    private var elements: [(id: JSONValue, report: Int?)] = []

    /// Reads a body.
    ///
    /// - Parameter unixSeconds: The moment of a report that gives none.
    /// - Throws: 400 where it is no JSON, 422 where it is no array.
    init(_ bytes: [UInt8], unixSeconds: Int64) throws(HTTPProblem) {
        let document = try JSONObjectReader.document(bytes)
        for element in try document.elements {
            guard case .object(let members) = element else {
                elements.append((.null, nil))
                continue
            }
            let id = members.first { $0.name == "id" }?.value ?? .null
            guard let report = Self.report(members, unixSeconds) else {
                elements.append((id, nil))
                continue
            }
            elements.append((id, reports.count))
            reports.append(report)
        }
    }

    /// The answer to each element, in their order.
    func answers(_ results: [SendReport.Result]) -> [(id: JSONValue, result: SendReport.Result)] {
        elements.map { ($0.id, $0.report.map { results[$0] } ?? .invalid) }
    }

    private static func report(_ members: [JSONValue.Member], _ unixSeconds: Int64) -> SendReport? {
        var fields = JSONObjectReader(members: members)
        let id = fields.positiveInteger("id", required: true)
        let lease = fields.positiveInteger("lease", required: true)
        let status: SendReport.Status? = fields.word("status", required: true)
        let at = fields.instant("at")
        let messageID = fields.trimmed("message_id", maximumBytes: 1024)
        let detail = fields.value("detail")
        guard (try? fields.finish()) != nil, let id, let lease, let status else { return nil }
        var report = SendReport(scheduleID: id, lease: lease, status: status, at: at ?? unixSeconds)
        report.messageID = messageID
        report.detail = detail.map(\.text)
        return report
    }
}

extension JSONParser.Document {
    /// The elements of the array that a body is.
    ///
    /// - Throws: 422 where it is none.
    var elements: [JSONValue] {
        get throws(HTTPProblem) {
            guard case .array(let elements) = root else {
                throw .invalidBody([
                    HTTPProblem.Entry(
                        pointer: "", code: "invalid_type", detail: "Expected an array, found \(root.kind).")
                ])
            }
            return elements
        }
    }
}

extension JSONValue {
    /// A string as it is, anything else as JSON.
    var text: String {
        if case .string(let text) = self { return text }
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
