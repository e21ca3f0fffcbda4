import Foundation

/// A service with a planned organisation `acme`, and a browser to look at its dashboard with.
final class Dashboard {
    let service: RunningService
    let browser: Browser
    private let scratch: Scratch

    /// The organisation's own page.
    var url: String { service.url + "/" }

    /// Starts both.
    ///
    /// - Parameter contacts: How many the organisation has; none leaves it without a run too.
    init(contacts: Int = 2000) throws {
        scratch = try Scratch()
        service = try RunningService(dataDirectory: scratch.path("data"), "--workers", "1")
        browser = try Browser()
        try service.makeOrganization("acme")
        if contacts > 0 {
            try add(contacts)
            guard try service.fullRun("acme", today: nil)["state"] as? String == "completed" else {
                throw Failure("no plan")
            }
        }
    }

    /// Imports generated contacts.
    func add(_ contacts: Int) throws {
        let file = scratch.path("contacts.csv")
        let made = try Binary.run(
            "generate", "--contacts", "\(contacts)", "--seed", "11", "--output", file)
        guard made.status == 0 else { throw Failure(made.errors) }
        let imported = try service.request(
            "/v1/orgs/acme/contacts/import", "--header", "Content-Type: text/csv", "--data-binary", "@\(file)"
        )
        guard imported.status == 200 else { throw Failure("import: \(imported.body)") }
    }

    /// Makes a token of the organisation; returns its id and secret.
    func token(_ scope: String) throws -> (id: Int, secret: String) {
        let made = try service.request(
            "/v1/orgs/acme/tokens", "--json", #"{"name":"dashboard","scopes":["\#(scope)"]}"#)
        guard let id = made.json["id"] as? Int, let secret = made.json["token"] as? String else {
            throw Failure("token: \(made.body)")
        }
        return (id, secret)
    }

    /// Fills the form in and waits until the overview is there.
    func signIn(token: String? = nil) throws {
        try browser.open(url)
        try enter(try token ?? service.token, organization: "acme")
        try waitForOverview()
    }

    /// Fills the form in and sends it.
    func enter(_ token: String, organization: String) throws {
        try browser.wait(until: "!document.getElementById('sign-in').hidden")
        try browser.type(token, into: "#token")
        if !organization.isEmpty { try browser.type(organization, into: "#organization") }
        try browser.click("#sign-in-form button")
    }

    /// Waits until every panel shows what it has loaded.
    func waitForOverview() throws {
        try browser.wait(
            until: "!document.getElementById('app').hidden && !document.querySelector('[aria-busy]')"
                + " && !document.querySelector('.failed')")
    }

    /// Opens a contact by its id.
    func openContact(_ id: Int) throws {
        try browser.run("location.hash = '#/contacts/' + arguments[0]", id)
        try browser.wait(until: "document.querySelector('#contacts:not([hidden]) .emails')")
    }

    /// Makes a contact; returns its id.
    func makeContact(_ body: String) throws -> Int {
        let made = try service.request("/v1/orgs/acme/contacts", "--json", body)
        guard made.status == 201, let id = made.json["id"] as? Int else {
            throw Failure("contact: \(made.body)")
        }
        return id
    }
}
