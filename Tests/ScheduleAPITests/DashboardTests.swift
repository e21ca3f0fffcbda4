import Foundation
import HTTPHandling
import HTTPTypes
import ScheduleAPI
import Testing

/// The dashboard's files as they are served. What the page does is tested in a browser, in `EndToEnd`.
@Suite struct DashboardTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/ScheduleAPI/Resources/dashboard")

    /// The paths of all that is in the dashboard's folder.
    private static let paths: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().map { $0 == "index.html" ? "/" : "/dashboard/\($0)" }
    }()

    private static func content(_ path: String) throws -> String {
        let name = path == "/" ? "index.html" : String(path.dropFirst("/dashboard/".count))
        return try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    @Test func `every file is served to everybody, with its type and what browsers are to forbid`()
        async throws
    {
        #expect(Self.paths.count > 10)
        let types = ["js": "text/javascript", "css": "text/css", "/": "text/html"]
        try await TestService.with { test in
            for path in Self.paths {
                let answer = try await test.send(.get, path, token: .some(nil))
                #expect(answer.status == 200, "\(path)")
                let content = try Self.content(path)
                #expect(answer.text == content)
                let type = types[path.split(separator: ".").last.map(String.init) ?? path] ?? "?"
                #expect(answer.fields[.contentType] == "\(type); charset=utf-8")
                let policy = answer.fields[.contentSecurityPolicy] ?? ""
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self';"))
                #expect(!policy.contains("unsafe"))
                #expect(answer.fields[.xContentTypeOptions] == "nosniff")
                #expect(answer.fields[try #require(HTTPField.Name("Referrer-Policy"))] == "no-referrer")
                #expect(answer.fields[.cacheControl] == "no-cache")
            }
        }
    }

    @Test func `every reference of the page and its scripts leads to a file of the service`() async throws {
        try await TestService.with { test in
            for path in Self.paths {
                let text = try Self.content(path)
                var named = text.matches(of: /(?:src|href)="([a-z][a-z\/.]*)"/).map { "/" + $0.1 }
                named += text.matches(of: /import [^;]* from "\.\/([a-z.]+)";/).map { "/dashboard/" + $0.1 }
                for reference in named {
                    #expect(
                        try await test.send(.get, reference, token: .some(nil)).status == 200,
                        "\(path): \(reference)")
                }
            }
        }
    }

    @Test func `a browser that has a file is told that it is still valid`() async throws {
        try await TestService.with { test in
            for path in ["/", "/dashboard/app.js"] {
                let tag = try #require(try await test.send(.get, path).fields[.eTag])
                #expect(tag.hasPrefix("W/\""))
                for known in [tag, String(tag.dropFirst(2)), "\"other\", \(tag)", "*"] {
                    let answer = try await test.send(.get, path, fields: [.ifNoneMatch: known])
                    #expect(answer.status == 304, "\(known)")
                    #expect(answer.text.isEmpty)
                    #expect(answer.fields[.eTag] == tag)
                    #expect(answer.fields[.vary] == "Accept-Encoding")
                }
                #expect(try await test.send(.get, path, fields: [.ifNoneMatch: "W/\"other\""]).status == 200)
            }
        }
    }

    @Test func `what is not there is not found`() async throws {
        try await TestService.with { test in
            for path in ["/dashboard", "/dashboard/", "/dashboard/other.js", "/dashboard/..%2Fopenapi.yaml"] {
                let answer = try await test.send(.get, path)
                #expect(answer.status == 404, "\(path)")
            }
            let head = try await test.send(.head, "/")
            #expect(head.status == 200)
            let unknown = try await test.send(.get, "/?a=b")
            #expect(unknown.status == 400)
        }
    }

    @Test func `the page of a service without access control says so`() async throws {
        try await TestService.with { test in
            let page = try await test.send(.get, "/").text
            #expect(page.contains(#"<meta name="access" content="token">"#))
        }
        try await TestService.with(requiresTokens: false) { test in
            let page = try await test.send(.get, "/").text
            #expect(page.contains(#"<meta name="access" content="open">"#))
        }
    }

    @Test func `no file has code or style inside a page, or makes markup of text`() throws {
        let page = try Self.content("/")
        #expect(page.firstMatch(of: /\s(style|on[a-z]+)=/) == nil)
        #expect(page.firstMatch(of: /<style|<script(?![^>]* src=)/) == nil)
        for path in Self.paths where path.hasSuffix(".js") {
            let script = try Self.content(path)
            #expect(
                script.firstMatch(
                    of:
                        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|localStorage|cookie/
                ) == nil, "\(path)")
        }
    }

    @Test func `the files stay small`() throws {
        let sizes = try Self.paths.map { try Self.content($0).utf8.count }
        #expect(sizes.reduce(0, +) < 100_000)
    }
}
