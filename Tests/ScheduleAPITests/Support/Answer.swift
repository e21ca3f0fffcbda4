import Foundation
import HTTPHandling
import HTTPTypes
import Synchronization

/// An answer with its whole body.
struct Answer: Sendable {
    let status: Int
    let fields: HTTPFields
    let bytes: [UInt8]

    /// Takes a response's body in, streamed or not.
    init(_ response: ServerResponse) async throws {
        status = response.status.code
        fields = response.fields
        switch response.body {
        case .empty: bytes = []
        case .bytes(let whole): bytes = whole
        case .stream(let write):
            let sink = Sink()
            try await write(sink)
            bytes = sink.bytes.withLock { $0 }
        }
    }

    /// The body as text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The lines of the body.
    var lines: [Substring] { text.split(whereSeparator: \.isNewline) }

    /// The body as JSON.
    var json: Any {
        get throws { try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) }
    }

    /// The body as a JSON object.
    var object: [String: Any] { get throws { try json as? [String: Any] ?? [:] } }

    /// The objects of a page.
    var items: [[String: Any]] { get throws { try object["items"] as? [[String: Any]] ?? [] } }

    /// Each entry of a problem's `errors` as `pointer code`.
    var mistakes: [String] {
        get throws {
            let errors = try object["errors"] as? [[String: Any]] ?? []
            return errors.map { "\($0["pointer"] ?? "") \($0["code"] ?? "")" }
        }
    }

    private final class Sink: ResponseBodyWriter {
        let bytes = Mutex<[UInt8]>([])

        func write(_ piece: [UInt8]) async throws(ResponseWriteError) { bytes.withLock { $0 += piece } }
    }
}
