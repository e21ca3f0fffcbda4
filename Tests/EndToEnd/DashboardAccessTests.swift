import Foundation
import Testing

/// Who gets into the dashboard, and what it keeps of them.
@Suite(.serialized) struct DashboardAccessTests {
    @Test func `a token opens the dashboard, and is kept in the session's storage only`() throws {
        let dashboard = try Dashboard(contacts: 20)
        let browser = dashboard.browser
        try dashboard.signIn()
        let kept: String = try browser.value("return JSON.stringify({...sessionStorage})")
        #expect(kept.contains(try dashboard.service.token))
        #expect(try browser.value("return localStorage.length + document.cookie.length", as: Int.self) == 0)
        #expect(try browser.value("return location.href", as: String.self) == dashboard.url)
        #expect(try browser.value("return document.title", as: String.self).hasPrefix("acme"))

        try browser.reload()
        try dashboard.waitForOverview()
        try browser.click("#sign-out")
        try browser.wait(until: "!document.getElementById('sign-in').hidden")
        #expect(try browser.value("return sessionStorage.length", as: Int.self) == 0)
        #expect(
            try browser.value("return document.getElementById('figures').children.length", as: Int.self) == 0)
        #expect(try browser.complaints() == [])
    }

    @Test func `who may not enter is told why`() throws {
        let dashboard = try Dashboard(contacts: 0)
        let browser = dashboard.browser
        try dashboard.service.makeOrganization("other")
        let read = try dashboard.token("read").secret
        let cases = [
            ("es_wrong", "acme", "The access token is not known", "token"),
            (try dashboard.service.token, "nowhere", "There is no such organisation", "organization"),
            (read, "other", "The access token is for another organisation", "organization"),
            (read, "", "Say which organisation", "organization"),
            (try dashboard.token("send").secret, "acme", "lacks the scope read", "organization"),
        ]
        for (token, organization, message, field) in cases {
            try browser.open(dashboard.url)
            try dashboard.enter(token, organization: organization)
            try browser.wait(until: "!document.getElementById('sign-in-message').hidden")
            #expect(try browser.text("#sign-in-message").contains(message))
            #expect(try browser.value("return document.activeElement.id", as: String.self) == field)
            #expect(try browser.value("return sessionStorage.length", as: Int.self) == 0)
        }
        try browser.run("document.getElementById('token').value = ''")
        try browser.click("#sign-in-form button")
        #expect(try browser.text("#sign-in-message") == "Enter an access token.")
    }

    @Test func `a token that is deleted ends the session with a message`() throws {
        let dashboard = try Dashboard(contacts: 20)
        let (id, secret) = try dashboard.token("read")
        try dashboard.signIn(token: secret)
        let deleted = try dashboard.service.request("/v1/orgs/acme/tokens/\(id)", "--request", "DELETE")
        #expect(deleted.status == 204)
        try dashboard.browser.wait(until: "!document.getElementById('sign-in').hidden")
        #expect(try dashboard.browser.text("#sign-in-message").contains("no longer known"))
        #expect(try dashboard.browser.value("return sessionStorage.length", as: Int.self) == 0)
    }

    @Test func `a token that may only read is told so when it starts a run`() throws {
        let dashboard = try Dashboard(contacts: 20)
        try dashboard.signIn(token: try dashboard.token("read").secret)
        try dashboard.browser.click("#start-run")
        try dashboard.browser.wait(until: "document.querySelector('#runs .message')")
        #expect(try dashboard.browser.text("#runs .message").contains("does not allow"))
        #expect(
            try dashboard.browser.value("return document.getElementById('start-run')", as: NSNull.self)
                == NSNull())
    }

    @Test func `a service without access control asks for no token`() throws {
        let dashboard = try Dashboard(contacts: 20)
        dashboard.service.terminate()
        let open = try RunningService(dataDirectory: dashboard.service.dataDirectory, "--no-auth")
        try dashboard.browser.open(open.url)
        try dashboard.waitForOverview()
        #expect(
            try dashboard.browser.value("return document.getElementById('sign-out').hidden", as: Bool.self))
        #expect(try dashboard.browser.value("return sessionStorage.length", as: Int.self) == 0)
        #expect(try dashboard.browser.complaints() == [])
    }

    @Test func `a service that is gone is told of, and taken up again`() throws {
        let dashboard = try Dashboard(contacts: 0)
        try dashboard.signIn()
        try dashboard.browser.run(
            "window.fetched = fetch; window.fetch = () => Promise.reject(new TypeError())")
        try dashboard.browser.wait(until: "!document.getElementById('connection').hidden")
        try dashboard.browser.run("window.fetch = window.fetched")
        try dashboard.browser.wait(until: "document.getElementById('connection').hidden")
        #expect(
            try dashboard.browser.value("return document.getElementById('sign-in').hidden", as: Bool.self))
    }
}
