import Foundation
import Testing

/// What the dashboard shows, held against the interface.
@Suite(.serialized) struct DashboardPanelTests {
    private func json(_ dashboard: Dashboard, _ path: String) throws -> [String: Any] {
        let answer = try dashboard.service.request("/v1/orgs/acme\(path)")
        guard answer.status == 200 else { throw Failure("\(path): \(answer.status) \(answer.body)") }
        return answer.json
    }

    private func objects(_ value: Any?) -> [[String: Any]] { value as? [[String: Any]] ?? [] }

    /// Numbers of the page by the value of an attribute.
    private func numbers(_ browser: Browser, _ script: String) throws -> [String: Int] {
        try browser.value(
            """
            const digits = (element) => Number((element?.textContent ?? "").replace(/\\D/g, "") || 0);
            return \(script);
            """)
    }

    @Test func `the panels show the numbers of the interface`() throws {
        let dashboard = try Dashboard()
        try setUpCampaign(dashboard)
        let browser = dashboard.browser
        try dashboard.signIn()
        let metrics = try json(dashboard, "/metrics")
        let rows = objects(metrics["email_schedules"])
        let sum = { (status: String) in
            rows.filter { $0["status"] as? String == status }.compactMap { $0["count"] as? Int }.reduce(0, +)
        }

        let figures = try numbers(
            browser,
            "Object.fromEntries([...document.querySelectorAll('[data-value]')].map((value) => [value.parentElement.dataset.figure, Number(value.dataset.value)]))"
        )
        #expect(figures["contacts"] == (metrics["contacts"] as? [String: Any])?["total"] as? Int)
        #expect((figures["contacts"] ?? 0) > 1900)
        #expect(figures["planned"] == sum("pre-scheduled"))
        #expect(figures["skipped"] == sum("skipped"))
        #expect(figures["backlog"] == (metrics["backlog"] as? [String: Any])?["due"] as? Int)

        var reasons: [String: Int] = [:]
        for row in rows where row["status"] as? String == "skipped" {
            reasons[row["skip_reason"] as? String ?? "", default: 0] += row["count"] as? Int ?? 0
        }
        #expect(reasons.count > 2)
        #expect(
            try numbers(
                browser,
                "Object.fromEntries([...document.querySelectorAll('[data-reason]')].map((item) => [item.dataset.reason, digits(item.querySelector('.bar-value'))]))"
            ) == reasons)

        if try browser.value("return document.getElementById('skips-more') !== null", as: Bool.self) {
            try browser.click("#skips-more")
        }
        var states: [String: Int] = [:]
        for row in objects(metrics["exclusion_rates"]) where row["excluded"] as? Int ?? 0 > 0 {
            states[row["state"] as? String ?? ""] = row["excluded"] as? Int
        }
        #expect(states.count > 3)
        #expect(
            try numbers(
                browser,
                "Object.fromEntries([...document.querySelectorAll('[data-state]:is(tr)')].map((row) => [row.dataset.state, digits(row.querySelector('.strong'))]))"
            ) == states)

        let campaign = try #require(objects(metrics["campaigns"]).first)
        let columns = ["scheduled", "sent", "delivered", "opened", "clicked", "bounced", "unsubscribed"]
        #expect((campaign["scheduled"] as? Int ?? 0) > 0)
        #expect(
            try numbers(
                browser,
                "Object.fromEntries([...document.querySelectorAll('[data-campaign] td')].map((cell) => [cell.dataset.column, digits(cell.querySelector('.metric'))]))"
            ) == Dictionary(uniqueKeysWithValues: columns.map { ($0, campaign[$0] as? Int ?? -1) }))

        let days = objects(try json(dashboard, "/calendar")["items"])
        #expect(days.count == 366)
        let volumes = Dictionary(
            uniqueKeysWithValues: days.map { ($0["date"] as? String ?? "", $0["count"] as? Int ?? -1) })
        #expect(volumes.values.reduce(0, +) > 0)
        #expect(
            try numbers(
                browser,
                "Object.fromEntries([...document.querySelectorAll('#heat-map .cell')].map((cell) => [cell.dataset.date, Number(cell.dataset.count)]))"
            ) == volumes)
        let over = days.filter { $0["over_cap"] as? Bool == true }.compactMap { $0["date"] as? String }
        let marked: [String] = try browser.value(
            "return [...document.querySelectorAll('#heat-map [data-level=over]')].map((cell) => cell.dataset.date)"
        )
        #expect(marked == over)

        let run = try #require(objects(try json(dashboard, "/scheduler-runs")["items"]).last)
        let inserted = (run["report"] as? [String: Any])?["inserted"] as? Int
        #expect(
            try numbers(
                browser,
                "({inserted: digits(document.querySelector('[data-run=\"1\"] [data-change=inserted]'))})")[
                    "inserted"] == inserted)
        #expect(try browser.complaints() == [])
    }

    /// Enrols contacts in a campaign of today and waits for its run.
    private func setUpCampaign(_ dashboard: Dashboard) throws {
        let today = try #require(
            (try json(dashboard, "/metrics"))["today"] as? String)
        let year = try #require(Int(today.prefix(4)))
        let made = try dashboard.service.request(
            "/v1/orgs/acme/campaign-instances", "--json",
            #"{"campaign_type":"rate_increase","instance_name":"Rates","email_template":"rates","active_start_date":"\#(today)","active_end_date":"\#(year + 1)-12-31"}"#
        )
        let instance = try #require(made.json["id"] as? Int, "\(made.body)")
        let listed = objects(try json(dashboard, "/contacts?limit=50")["items"])
        let contacts = listed.compactMap { $0["id"] as? Int }.map {
            #"{"id":\#($0),"trigger_date":"\#(year + 1)-12-01"}"#
        }
        let triggered = try dashboard.service.request(
            "/v1/orgs/acme/campaign-instances/\(instance)/trigger", "--json",
            #"{"contacts":[\#(contacts.joined(separator: ","))]}"#)
        #expect(triggered.status == 202, "\(triggered.body)")
        _ = try dashboard.service.fullRun("acme", today: nil)
    }

    @Test func `a run is followed live, and ends without a reload`() throws {
        let dashboard = try Dashboard(contacts: 0)
        try dashboard.add(100_000)
        let browser = dashboard.browser
        try dashboard.signIn()
        #expect(try browser.text("#runs").contains("No run yet"))
        try browser.run(
            """
            window.isSamePage = true;
            window.seen = [];
            new MutationObserver(() => {
              const bar = document.querySelector('[data-state=running] [role=progressbar]');
              if (bar) window.seen.push(Number(bar.getAttribute('aria-valuenow')));
            }).observe(document.getElementById('runs'), { childList: true, subtree: true });
            """)
        let asked = try dashboard.service.request(
            "/v1/orgs/acme/scheduler-runs", "--json", #"{"kind":"full"}"#)
        let id = try #require(asked.json["id"] as? Int)
        // The page looks at once when somebody comes back to it, and else every few seconds.
        try browser.run("document.dispatchEvent(new Event('visibilitychange'))")
        try browser.wait(
            until: "document.querySelector('[data-run=\"\(id)\"][data-state=completed]')", seconds: 120)
        #expect(try browser.value("return window.isSamePage === true", as: Bool.self))
        let seen: [Int] = try browser.value("return window.seen")
        #expect(seen.contains { $0 > 0 }, "\(seen)")
        #expect(zip(seen, seen.dropFirst()).allSatisfy(<=), "\(seen)")
        // The other panels follow by themselves.
        try browser.wait(
            until: "document.querySelector('[data-figure=planned] [data-value]').dataset.value > 0")
        #expect(try browser.text("#announcer") == "Run \(id) completed.")

        try browser.click("#start-run")
        try browser.wait(
            until: "document.querySelector('[data-run=\"\(id + 1)\"][data-state=completed]')", seconds: 120)
        #expect(try browser.complaints() == [])
    }

    @Test func `a contact is found and explained as the interface does`() throws {
        let dashboard = try Dashboard(contacts: 300)
        let browser = dashboard.browser
        let id = try dashboard.makeContact(
            #"{"first_name":"Ada","last_name":"Moreno","email":"ada@example.com","external_id":"crm-7","zip_code":"94110","birth_date":"1950-02-10","effective_date":"2018-06-01"}"#
        )
        _ = try dashboard.service.fullRun("acme", today: nil)
        let explained = try json(dashboard, "/contacts/\(id)/explain")
        try dashboard.signIn()
        for text in ["\(id)", "ADA@example.com", "crm-7"] {
            try browser.run("location.hash = '#/'; document.getElementById('search-text').value = ''")
            try browser.wait(until: "document.getElementById('contacts').hidden")
            try browser.type(text, into: "#search-text")
            try browser.click("#search button")
            try browser.wait(until: "document.querySelector('#contacts:not([hidden]) .emails')")
            #expect(try browser.text("#contacts h1") == "Ada Moreno")
        }
        let emails = objects(explained["emails"])
        #expect(try browser.text("#explanation-sentence") == explained["sentence"] as? String)
        #expect(
            try browser.value(
                "return [...document.querySelectorAll('.email-sentence')].map((line) => line.textContent)",
                as: [String].self) == emails.compactMap { $0["sentence"] as? String })
        let rules = emails.map { objects($0["rules"]).compactMap { $0["rule"] as? String } }
        #expect(
            try browser.value(
                "return [...document.querySelectorAll('.email')].map((email) => [...email.querySelectorAll('.rule')].map((rule) => rule.dataset.rule))",
                as: [[String]].self) == rules)
        let rows = objects(try json(dashboard, "/contacts/\(id)/schedule")["items"])
        #expect(
            try browser.value(
                "return [...document.querySelectorAll('[data-row]')].map((row) => Number(row.dataset.row))",
                as: [Int].self) == rows.compactMap { $0["id"] as? Int })

        try browser.type("nobody@example.com", into: "#search-text")
        try browser.click("#search button")
        try browser.wait(until: "document.querySelector('#contacts .empty')")
        #expect(try browser.text("#contacts h1") == "No contact found")
    }

    @Test func `what contacts are called is text and never markup`() throws {
        let dashboard = try Dashboard(contacts: 0)
        let browser = dashboard.browser
        let name = #"<img src=x onerror="document.title='owned'">"#
        let escaped = name.replacingOccurrences(of: "\"", with: "\\\"")
        let id = try dashboard.makeContact(
            #"{"first_name":"\#(escaped)","last_name":"<script>document.title='owned'</script>","email":"x@example.com","external_id":"<b>crm</b>","zip_code":"10001"}"#
        )
        try dashboard.signIn()
        try dashboard.openContact(id)
        #expect(try browser.text("#contacts h1").hasPrefix(name))
        #expect(try browser.text("#contacts .facts").contains("<b>crm</b>"))
        #expect(
            try browser.value(
                "return document.querySelectorAll('main img, main script, main b').length", as: Int.self)
                == 0)
        #expect(try browser.value("return document.title", as: String.self) == "acme – Email scheduler")
        #expect(try browser.complaints() == [])
    }

    @Test func `what the page does not serve itself is not run`() throws {
        let dashboard = try Dashboard(contacts: 0)
        try dashboard.browser.open(dashboard.url)
        try dashboard.browser.run(
            """
            const script = document.createElement('script');
            script.textContent = "document.title = 'owned'";
            document.body.append(script);
            """)
        #expect(try dashboard.browser.value("return document.title", as: String.self) != "owned")
        #expect(try dashboard.browser.complaints().contains { $0.contains("Content Security Policy") })
    }

    @Test func `an organisation without anything is told what to do`() throws {
        let dashboard = try Dashboard(contacts: 0)
        try dashboard.signIn()
        let text = try dashboard.browser.text("#overview")
        for sentence in [
            "No run yet", "Nothing is skipped", "No campaign yet", "Nothing is planned for this day",
        ] {
            #expect(text.contains(sentence), "\(sentence)")
        }
        #expect(try PageAudit.mistakes(in: dashboard.browser) == [])
        #expect(try dashboard.browser.complaints() == [])
    }
}
