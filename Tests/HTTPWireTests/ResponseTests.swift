import HTTPHandling
import HTTPTypes
import HTTPWire
import Testing

@Suite("A response")
struct ResponseTests {
    private func serialise(
        _ response: ServerResponse, _ method: HTTPRequest.Method = .get, _ version: HTTPVersion = .oneOne,
        closes: Bool = false
    ) -> (String, ResponseSerializer.BodyPlan) {
        var out: [UInt8] = []
        let context = ResponseSerializer.Context(
            method: method, version: version, closes: closes, requestID: "id")
        let plan = ResponseSerializer.write(response, context, date: Array("D".utf8), to: &out)
        return (String(decoding: out, as: UTF8.self), plan)
    }

    @Test("tells date, length, fields and request id")
    func fixed() {
        let response = ServerResponse(
            status: .ok, fields: [.contentType: "text/plain", .date: "x", .contentLength: "9"],
            body: .bytes(Array("hello".utf8)))
        let text =
            "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 5\r\nContent-Type: text/plain\r\nX-Request-Id: id\r\n\r\n"
        #expect(serialise(response) == (text, .whole))
        #expect(serialise(response, .head) == (text, .none))
    }

    @Test("without body says so, except where it may not")
    func empty() {
        #expect(serialise(ServerResponse(status: .created)).0.contains("Content-Length: 0\r\n"))
        for status in [HTTPResponse.Status.noContent, .notModified] {
            let (text, plan) = serialise(ServerResponse(status: status, body: .bytes([1, 2, 3])))
            #expect(!text.contains("Content-Length") && !text.contains("Transfer-Encoding"))
            #expect(text.hasSuffix("\r\n\r\n") && plan == .none)
        }
        let head = ServerResponse(status: .ok, fields: [.contentLength: "77"])
        #expect(serialise(head, .head).0.contains("Content-Length: 77\r\n"))
    }

    @Test("that is streamed is chunked, or ends with the connection for HTTP/1.0, and has no body for HEAD")
    func streamed() {
        let response = ServerResponse(status: .ok, body: .stream { _ in })
        #expect(serialise(response).1 == .chunked)
        #expect(serialise(response).0.contains("Transfer-Encoding: chunked\r\n"))
        #expect(serialise(response, .head).1 == .none)
        #expect(serialise(response, .get, .oneZero).1 == .untilClose)
        #expect(!serialise(response, .get, .oneZero).0.contains("chunked"))
    }

    @Test("tells whether the connection ends")
    func connection() {
        let response = ServerResponse(status: .ok, fields: [.connection: "upgrade"])
        #expect(!serialise(response).0.contains("Connection"))
        #expect(serialise(response, closes: true).0.contains("Connection: close\r\n"))
        #expect(serialise(response, .get, .oneZero).0.contains("Connection: keep-alive\r\n"))
    }

    @Test("cannot be split by a field's value")
    func splitting() {
        let response = ServerResponse(status: .ok, fields: [.location: "/a\r\nSet-Cookie: x"])
        #expect(!serialise(response).0.contains("\r\nSet-Cookie"))
    }

    @Test("has its own request id if the handler gave one")
    func requestID() {
        let text = serialise(ServerResponse(status: .ok, fields: [.xRequestID: "mine"])).0
        #expect(text.contains("x-request-id: mine\r\n") && !text.contains("X-Request-Id: id"))
    }

    @Test("writes chunks with their length in hexadecimal, and none for nothing")
    func chunks() {
        var out: [UInt8] = []
        ResponseSerializer.write(chunk: Array(repeating: 0x61, count: 26), to: &out)
        ResponseSerializer.write(chunk: [], to: &out)
        #expect(out == Array("1a\r\naaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".utf8))
    }

    @Test("about a problem is JSON whatever the texts hold")
    func problem() {
        let problem = HTTPProblem(
            status: .unprocessableContent, detail: "a\"b\\c\nd\u{1}é",
            errors: [
                HTTPProblem.Entry(pointer: "/a", code: "x", detail: "y"),
                HTTPProblem.Entry(pointer: "/b", code: "z", detail: ""),
            ])
        let json =
            #"{"type":"about:blank","title":"Unprocessable Content","status":422,"detail":"a\"b\\c\nd\u0001é","errors":"#
            + #"[{"pointer":"/a","code":"x","detail":"y"},{"pointer":"/b","code":"z","detail":""}]}"#
        #expect(String(decoding: problem.json, as: UTF8.self) == json)
        #expect(problem.response().fields[.contentType] == "application/problem+json")
    }
}
