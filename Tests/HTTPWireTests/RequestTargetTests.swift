import HTTPHandling
import HTTPTypes
import HTTPWire
import Testing

@Suite("A request target")
struct RequestTargetTests {
    @Test(
        "is decoded once into segments",
        arguments: [
            ("/", []), ("/a", ["a"]), ("/a/", ["a", ""]), ("/a//b", ["a", "", "b"]),
            ("/a%2Fb/c", ["a/b", "c"]), ("/a%2fb", ["a/b"]), ("/%2525", ["%25"]), ("/caf%C3%A9", ["café"]),
            ("/a+b", ["a+b"]), ("/...", ["..."]), ("/a:b@c;d=e,f", ["a:b@c;d=e,f"]), ("/a?b/../c", ["a"]),
        ] as [(String, [String])])
    func segments(text: String, expected: [String]) throws {
        #expect(try RequestTarget(text).segments == expected)
    }

    @Test(
        "is refused when malformed or not plain",
        arguments: [
            "", "a", "*", "/%", "/%4", "/%4g", "/%00", "/%ff", "/..", "/a/../b", "/a/.", "/%2e%2e/b", "/.%2E",
            "/a b", "/a\\b", "/a|b", "/<a>", "/\"", "/[a]", "/{a}", "/^", "/`", "/a#b", "/?a[]=1", "/?%",
            "/?a=%00", "/?a=%ff", "/\u{e9}", "//\u{0}", "http://", "http://?a",
        ])
    func refused(text: String) {
        #expect(throws: HTTPProblem.self) { try RequestTarget(text) }
    }

    @Test("keeps query items in order, with duplicates, plus signs as spaces")
    func query() throws {
        let query = try RequestTarget("/?b=1&a=x+y%2B&b=2&c&=d&&e=f=g").query
        let expected = [("b", "1"), ("a", "x y+"), ("b", "2"), ("c", ""), ("", "d"), ("e", "f=g")]
        #expect(query == expected.map { QueryItem(name: $0.0, value: $0.1) })
        #expect(try RequestTarget("/?").query == [])
    }

    @Test("in absolute form gives authority and path apart")
    func absolute() throws {
        let target = try RequestTarget("HTTP://Example.com:8080/a?b=c")
        #expect(target.authority == "Example.com:8080")
        #expect(target.path == "/a?b=c")
        #expect(target.segments == ["a"])
        #expect(try RequestTarget("http://a").path == "/")
        #expect(try RequestTarget("https://a?q=1").path == "/?q=1")
    }

    @Test("may be an asterisk for OPTIONS only")
    func asterisk() throws {
        #expect(try RequestTarget("*", method: .options).path == "*")
        #expect(try RequestTarget("*", method: .options).segments == [])
    }

    @Test("of a form body is read like a query, with anything encoded or not")
    func form() throws {
        let items = try QueryItem.parse(form: Array("MessageSid=SM1&To=%2B1555&Body=a|b[]+c".utf8))
        #expect(items.map(\.name) == ["MessageSid", "To", "Body"])
        #expect(items.map(\.value) == ["SM1", "+1555", "a|b[] c"])
        #expect(throws: HTTPProblem.self) { try QueryItem.parse(form: Array("a=%x".utf8)) }
    }
}
