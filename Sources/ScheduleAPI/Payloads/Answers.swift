import HTTPHandling
import HTTPTypes
import ScheduleStore

extension ServerResponse {
    /// An answer with a JSON object.
    static func json(
        _ status: HTTPResponse.Status, fields: HTTPFields = [:], capacity: Int = 512,
        _ members: (inout JSONWriter) -> Void
    ) -> ServerResponse {
        var writer = JSONWriter(capacity: capacity)
        writer.object(members)
        var fields = fields
        fields[.contentType] = MediaType.json.contentType
        return ServerResponse(status: status, fields: fields, body: .bytes(writer.bytes))
    }

    /// An answer of status 200 with a JSON object.
    static func json(_ members: (inout JSONWriter) -> Void) -> ServerResponse { .json(.ok, members) }

    /// A page of a list.
    static func page<Item, Key>(
        _ page: Page<Item, Key>, of list: Cursor.List, _ write: (Item, inout JSONWriter) -> Void
    ) -> ServerResponse {
        .json(.ok, capacity: 64 + page.items.count * 384) { writer in
            writer.member("items") { writer in
                writer.array(page.items) { writer, item in writer.object { write(item, &$0) } }
            }
            writer.member("next_cursor", page.nextCursor.map { Cursor.text("\($0)", of: list) })
        }
    }

    /// An answer without body.
    static let noContent = ServerResponse(status: .noContent)
}

extension JSONWriter {
    /// A member with an instant of a column.
    mutating func member(_ name: StaticString, instant: String?) {
        member(name, instant.map(Timestamp.rfc3339))
    }
}
