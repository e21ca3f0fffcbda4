import Foundation
import Testing

/// The dashboard with a keyboard only, on a phone, in light and dark, and for those who hear it.
@Suite(.serialized) struct DashboardAccessibilityTests {
    @Test func `the sign-in, the overview and a contact keep to WCAG in light and dark`() throws {
        let dashboard = try Dashboard(contacts: 300)
        let browser = dashboard.browser
        for scheme in ["light", "dark"] {
            try browser.prefer(["prefers-color-scheme": scheme])
            try browser.open(dashboard.url)
            if scheme == "light" {
                try browser.wait(until: "!document.getElementById('sign-in').hidden")
                #expect(try PageAudit.mistakes(in: browser) == [], "\(scheme)")
                try dashboard.enter(try dashboard.service.token, organization: "acme")
            }
            try dashboard.waitForOverview()
            try browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
            #expect(try PageAudit.mistakes(in: browser) == [], "\(scheme)")
            let page: Int = try browser.value(
                "return Number(getComputedStyle(document.body).backgroundColor.match(/[0-9]+/)[0])")
            #expect(scheme == "dark" ? page < 64 : page > 192)
            try dashboard.openContact(1)
            try browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
            #expect(try PageAudit.mistakes(in: browser) == [], "\(scheme)")
        }
    }

    @Test func `nothing is wider than a phone`() throws {
        let dashboard = try Dashboard(contacts: 300)
        let browser = dashboard.browser
        _ = try dashboard.makeContact(
            #"{"first_name":"\#(String(repeating: "w", count: 90))","email":"\#(String(repeating: "m", count: 60))@example.com","zip_code":"94110","birth_date":"1950-02-10"}"#
        )
        func width() throws -> Int { try browser.value("return document.documentElement.scrollWidth") }
        try browser.resize(width: 360, height: 740)
        try browser.open(dashboard.url)
        try browser.wait(until: "!document.getElementById('sign-in').hidden")
        #expect(try width() == 360)
        try dashboard.signIn()
        try browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        #expect(try width() == 360)
        for id in [1, 301] {
            try dashboard.openContact(id)
            try browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
            #expect(try width() == 360, "contact \(id)")
        }
        // Fingers need room: WCAG 2.2, 2.5.8.
        let small: [String] = try browser.value(
            """
            return [...document.querySelectorAll('button, select, input')]
              .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 24)
              .map((element) => element.outerHTML);
            """)
        #expect(small == [])
    }

    @Test func `all of it is reached by keyboard, in order and visibly`() throws {
        let dashboard = try Dashboard(contacts: 300)
        let browser = dashboard.browser
        try browser.open(dashboard.url)
        try browser.wait(until: "document.activeElement.id === 'token'")
        try browser.write(try dashboard.service.token)
        try browser.press(.tab)
        try browser.write("acme")
        try browser.press(.enter)
        try dashboard.waitForOverview()
        try browser.reload()
        try dashboard.waitForOverview()

        try browser.run("window.walked = []; document.activeElement.blur()")
        var ids: [String] = []
        for _ in 0..<40 {
            try browser.press(.tab)
            let step: [String: Any] = try browser.value(
                """
                const here = document.activeElement;
                const style = getComputedStyle(here);
                const before = window.walked.at(-1);
                const isInOrder = !before || Boolean(before.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING);
                window.walked.push(here);
                return { id: here.id, isEnd: here === document.body, isInOrder,
                  isVisible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
                """)
            if step["isEnd"] as? Bool == true { break }
            let id = step["id"] as? String ?? ""
            #expect(step["isInOrder"] as? Bool == true, "\(id)")
            #expect(step["isVisible"] as? Bool == true, "\(id)")
            ids.append(id)
        }
        #expect(ids.first == "skip")
        #expect(ids.contains("search-text"))
        #expect(ids.contains("sign-out"))
        #expect(ids.contains("start-run"))
        #expect(ids.contains("report-1"))
        // One stop for the whole year: arrows go from day to day.
        #expect(ids.filter { $0.hasPrefix("day-") }.count == 1)

        try browser.run(
            "document.activeElement.blur(); window.scrollTo(0, 0); document.getElementById('skip').focus()")
        try browser.press(.enter)
        #expect(try browser.value("return document.activeElement.id", as: String.self) == "main")
    }

    @Test func `arrow keys walk through the year`() throws {
        let dashboard = try Dashboard(contacts: 300)
        let browser = dashboard.browser
        try dashboard.signIn()
        try browser.run("document.querySelector('#heat-map [aria-selected=true]').focus()")
        func place() throws -> Int {
            let found: [Int] = try browser.value(
                """
                const cells = [...document.querySelectorAll('#heat-map .cell')];
                const chosen = cells.filter((cell) => cell.getAttribute('aria-selected') === 'true' && cell.tabIndex === 0);
                return [chosen.length, cells.indexOf(document.activeElement), cells.indexOf(chosen[0])];
                """)
            #expect(found[0] == 1)
            #expect(found[1] == found[2])
            return found[1]
        }
        #expect(try place() == 0)
        let steps: [(Browser.Key, Int)] = [
            (.right, 7), (.down, 8), (.left, 1), (.up, 0), (.up, 0), (.pageDown, 28), (.end, 365),
            (.down, 365),
            (.home, 0),
        ]
        for (key, expected) in steps {
            try browser.press(key)
            #expect(try place() == expected, "\(key)")
        }
        try browser.press(.down)
        let told: [String] = try browser.value(
            "const cell = document.activeElement; return [cell.getAttribute('aria-label'), document.querySelector('#day h3').textContent]"
        )
        #expect(told[0].hasPrefix(told[1]))
        // Looking at a day survives a new reading of the numbers.
        let chosen = try place()
        try browser.click("#start-run")
        try browser.wait(until: "document.querySelector('[data-run=\"2\"][data-state=completed]')")
        try browser.wait(
            until:
                "[...document.querySelectorAll('#heat-map .cell')].findIndex((cell) => cell.tabIndex === 0) === \(chosen)"
        )
    }

    @Test func `a contact is searched and read by keyboard`() throws {
        let dashboard = try Dashboard(contacts: 300)
        let browser = dashboard.browser
        try dashboard.signIn()
        try browser.run("document.getElementById('search-text').focus()")
        try browser.write("7")
        try browser.press(.enter)
        try browser.wait(until: "document.activeElement.id === 'contacts-title'")
        try browser.press(.tab)
        #expect(try browser.value("return document.activeElement.tagName", as: String.self) == "SUMMARY")
        #expect(
            try browser.value("return document.querySelector('.email details').open", as: Bool.self) == false)
        try browser.press(.enter)
        #expect(try browser.value("return document.querySelector('.email details').open", as: Bool.self))
        #expect(try browser.value("return document.querySelector('.rule').checkVisibility()", as: Bool.self))
        try browser.run("history.back()")
        try browser.wait(until: "document.activeElement.id === 'overview-title'")
    }

    @Test func `nothing moves for those who do not want it`() throws {
        let dashboard = try Dashboard(contacts: 0)
        try dashboard.browser.prefer(["prefers-reduced-motion": "reduce"])
        try dashboard.signIn()
        let moving: Int = try dashboard.browser.value(
            """
            const line = document.createElement('div');
            line.className = 'skeleton';
            line.append(document.createElement('span'));
            document.getElementById('overview').append(line);
            return document.getAnimations().length;
            """)
        #expect(moving == 0)
    }
}
