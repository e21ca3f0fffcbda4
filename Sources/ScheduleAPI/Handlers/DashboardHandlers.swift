import Crypto
import HTTPHandling
import HTTPTypes

/// The dashboard: a page with its scripts and style sheets, all of them inside the program.
///
/// Browsers keep them and ask each time whether they are still valid, so that a new version of the service is taken
/// at once.
enum DashboardHandlers {
    /// `GET /`
    static func page(_ request: APIRequest) async throws -> ServerResponse {
        try request.query.finish()
        let asset = request.services.requiresTokens ? tokenPage : openPage
        return asset.response(to: request.request)
    }

    /// `GET /dashboard/{file}`
    static func file(_ request: APIRequest) async throws -> ServerResponse {
        try request.query.finish()
        guard let asset = request.parameters["file"].flatMap({ files[$0] }) else {
            throw HTTPProblem.notFound("The dashboard has no such file.")
        }
        return asset.response(to: request.request)
    }

    private static let html = "text/html; charset=utf-8"
    private static let tokenPage = DashboardAsset(html, PackageResources.index_html)
    /// The page of a service that asks for no tokens says so.
    private static let openPage = DashboardAsset(
        html,
        Array(
            String(decoding: PackageResources.index_html, as: UTF8.self)
                .split(separator: #"name="access" content="token""#, omittingEmptySubsequences: false)
                .joined(separator: #"name="access" content="open""#).utf8))

    private static let files: [String: DashboardAsset] = {
        let script = "text/javascript; charset=utf-8"
        let style = "text/css; charset=utf-8"
        return [
            "api.js": DashboardAsset(script, PackageResources.api_js),
            "app.js": DashboardAsset(script, PackageResources.app_js),
            "base.css": DashboardAsset(style, PackageResources.base_css),
            "calendar.js": DashboardAsset(script, PackageResources.calendar_js),
            "campaigns.js": DashboardAsset(script, PackageResources.campaigns_js),
            "contact.js": DashboardAsset(script, PackageResources.contact_js),
            "dom.js": DashboardAsset(script, PackageResources.dom_js),
            "figures.js": DashboardAsset(script, PackageResources.figures_js),
            "format.js": DashboardAsset(script, PackageResources.format_js),
            "panels.css": DashboardAsset(style, PackageResources.panels_css),
            "rules.js": DashboardAsset(script, PackageResources.rules_js),
            "runs.js": DashboardAsset(script, PackageResources.runs_js),
            "search.js": DashboardAsset(script, PackageResources.search_js),
            "signin.js": DashboardAsset(script, PackageResources.signin_js),
            "skips.js": DashboardAsset(script, PackageResources.skips_js),
        ]
    }()
}

/// A file of the dashboard, as it is answered.
private struct DashboardAsset: Sendable {
    private let bytes: [UInt8]
    private let fields: HTTPFields
    /// Weak, as the file may go compressed or as it is (RFC 9110, 8.8.1).
    private let tag: String

    /// - Parameter type: The media type.
    init(_ type: String, _ bytes: [UInt8]) {
        self.bytes = bytes
        tag = #"W/"\#(Base64URL.encode(Array(SHA256.hash(data: bytes).prefix(12))))""#
        fields = [
            .contentType: type, .eTag: tag, .cacheControl: "no-cache",
            .contentSecurityPolicy: Self.policy, .xContentTypeOptions: "nosniff",
            .referrerPolicy: "no-referrer",
        ]
    }

    /// Only what comes from here is run, shown or asked; nothing is embedded, and nobody embeds the page.
    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    /// The file, or 304 to a client that has it (RFC 9110, 13.1.2).
    func response(to request: ServerRequest) -> ServerResponse {
        let known = request.fields[values: .ifNoneMatch].joined(separator: ",")
            .filter { $0 != " " && $0 != "\t" }.split(separator: ",")
        let isKnown = known.contains { $0 == "*" || $0 == tag || "W/" + $0 == tag }
        guard isKnown else { return ServerResponse(status: .ok, fields: fields, body: .bytes(bytes)) }
        var fields = fields
        fields[.contentType] = nil
        fields[.vary] = "Accept-Encoding"
        return ServerResponse(status: .notModified, fields: fields)
    }
}

extension HTTPField.Name {
    /// What a browser tells other sites of the address that somebody comes from (Referrer Policy, 4.1).
    fileprivate static let referrerPolicy: HTTPField.Name = HTTPField.Name("Referrer-Policy") ?? .via
}
