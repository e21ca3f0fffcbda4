import SchedulingCore
import Testing

@Suite("Explanations of what the law, the list and the contact's own data forbid")
struct LawExplanationTests {
    @Test("A window that does not touch the date is named with its days")
    func untouched() throws {
        let world = World(on: "2026-01-01", state: "CA", born: "1950-07-20", effective: "2020-03-01")
        let email = try world.explained("effective_date")
        #expect(
            email.sentence == """
                The policy anniversary email for 2026-03-01 is planned on 2026-01-30, 30 days before; CA's \
                birthday window from 2026-04-21 to 2026-09-18 does not touch it.
                """)
        #expect(
            email.steps.map(\.rule) == [
                .eventDate, .eventDate, .identity, .suppression, .exclusionWindow, .keptDate, .smoothing,
                .dailyCap, .frequencyLimit,
            ])
        #expect(email.status == .preScheduled)
        #expect(email.deadline == "2026-02-28")
        #expect(email.earliestLegalDate == "2026-01-01")
        #expect(email.rowID == nil && email.rowAgrees == nil)
    }

    @Test("A window that holds the date is cited, and what follows it too")
    func excluded() throws {
        var world = World(on: "2026-05-01", state: "CA", born: "1950-07-20")
        world.policy.stateRules["CA"]?.windows[0].citation = "Act 1"
        let birthday = try world.explained("birthday")
        #expect(
            birthday.sentence == """
                The birthday email for 2026-07-20 is not sent: its date 2026-07-06 lies in CA's birthday window \
                from 2026-04-21 to 2026-09-18 (Act 1).
                """)
        #expect(birthday.skipReason == .birthdayWindow)
        #expect(birthday.date == "2026-07-06")
        #expect(birthday.earliestLegalDate == "2026-09-19")
        let window = try #require(birthday.step(.exclusionWindow)?.windows.first)
        #expect(window.first == "2026-04-21" && window.last == "2026-09-18" && window.containsDate)
        #expect(window.window.citation == "Act 1")

        let after = try world.explained("post_window")
        #expect(
            after.sentence == """
                The post-window email after the closed period that ends on 2026-09-18 is planned on 2026-09-19; \
                CA's birthday window from 2026-04-21 to 2026-09-18 does not touch it.
                """)
        let stretch = try #require(after.step(.closedStretch))
        #expect(stretch.emailType == "birthday" && stretch.date == "2026-07-06")
        #expect(stretch.resultDate == "2026-09-18")
    }

    @Test("A state that forbids every date leaves no legal date")
    func yearRound() throws {
        let world = World(on: "2026-01-01", state: "NY", born: "1950-07-20")
        let email = try world.explained("birthday")
        #expect(email.sentence.hasSuffix("lies in NY's year-round exclusion on every date."))
        #expect(email.skipReason == .yearRoundExclusion)
        #expect(email.earliestLegalDate == nil)
        #expect(try world.explained("post_window").status == .none)
    }

    @Test("A window without its anchor date is told apart")
    func missingAnchor() throws {
        var world = World(on: "2026-01-01", state: "CA", effective: "2020-03-01")
        world.policy.missingAnchor = .skip
        let email = try world.explained("effective_date")
        #expect(email.skipReason == .missingAnchor)
        #expect(email.sentence.contains("closes every date because the contact lacks the date"))
    }

    @Test("What the contact lacks is named")
    func absent() throws {
        let world = World(on: "2026-01-01", state: "TX")
        #expect(
            try #require(world.explain()).emails.map(\.sentence) == [
                "There is no birthday email: the contact has no birth date.",
                "There is no policy anniversary email: the contact has no policy effective date.",
                "There is no annual enrolment email: no enrolment date is configured.",
                "There is no post-window email: no email of an anniversary falls into a closed period that it could "
                    + "follow.",
            ])
    }

    @Test("An occurrence that is over is shown before the open one")
    func past() throws {
        let world = World(on: "2026-08-01", born: "1950-07-20")
        let steps = try world.explained("birthday").steps.filter { $0.rule == .eventDate }
        #expect(steps.map(\.outcome) == [.past, .past, .found])
        #expect(steps.map(\.date) == ["2025-07-20", "2026-07-20", "2027-07-20"])
    }

    @Test("The choice among enrolment dates is shown, and the move to another where the choice is closed")
    func enrolment() throws {
        var world = World(on: "2026-01-01", state: "TX")
        world.policy.aep.dates = [.init(month: 9, day: 15), .init(month: 10, day: 1)]
        let free = try world.explained("aep")
        let chosen = try #require(free.event)
        let found = try #require(free.step(.enrolmentDate))
        #expect(found.outcome == .found && found.resultDate == chosen)
        #expect(found.candidates == ["2026-09-15", "2026-10-01"])
        var window = ExclusionWindow.yearRound
        (window.effectiveFrom, window.effectiveUntil) = (chosen, chosen)
        world.policy.stateRules["TX"] = StateRule(window)
        let moved = try #require(world.explained("aep").step(.enrolmentDate))
        #expect(moved.outcome == .moved && moved.date == chosen)
        #expect(moved.resultDate == found.candidates.first { $0 != chosen })
    }

    @Test("Everything of a contact on the do-not-contact list is skipped for that")
    func suppressed() throws {
        var world = World(on: "2026-01-01", state: "CA", born: "1950-07-20")
        world.suppress(1)
        let explanation = try #require(world.explain())
        #expect(explanation.isSuppressed)
        let email = try world.explained("birthday")
        #expect(
            email.sentence
                == "The birthday email for 2026-07-20 is not sent: the contact is on the do-not-contact list."
        )
        #expect(email.steps.map(\.rule) == [.eventDate, .eventDate, .identity, .suppression])
        #expect(email.earliestLegalDate == nil)
        #expect(try world.explained("post_window").step(.closedStretch)?.cause == .suppressed)
    }

    @Test("An invalid contact has no emails, and its planned rows go")
    func invalid() throws {
        var world = World(on: "2026-01-01", born: "1950-07-20")
        world.run()
        world.change(1) { $0.invalidity = .missingEmail }
        let explanation = try #require(world.explain())
        #expect(explanation.sentence == "The contact gets no email: it has no e-mail address.")
        let email = try #require(explanation.emails.first)
        #expect(explanation.emails.count == 1)
        #expect(email.status == .removed && email.rowID == 1 && email.rowAgrees == false)
        #expect(
            email.sentence
                == "The birthday email for 2026-07-20 in row 1 for 2026-07-06 goes: no rule asks for it any more."
        )
    }

    @Test("A planned row whose day has passed expires")
    func expired() throws {
        var world = World(on: "2026-01-01", state: "TX")
        world.row(1, "birthday", "2025-12-30", event: "2026-01-13")
        let email = try #require(world.explain()?.emails.last)
        #expect(email.status == .skipped && email.skipReason == .expired && email.rowAgrees == false)
        #expect(email.steps.map(\.rule) == [.storedRow])
    }

    @Test("A committed row stands, whatever the rules would say")
    func committed() throws {
        var world = World(on: "2026-07-10", born: "1950-07-20")
        world.row(1, "birthday", "2026-07-06", "sent", event: "2026-07-20")
        let email = try world.explained("birthday")
        #expect(email.status == .committed && email.rowID == 1 && email.rowAgrees == true)
        #expect(email.steps.last?.rule == .identity && email.steps.last?.outcome == .committed)
        #expect(email.date == "2026-07-06")
    }
}

extension World {
    /// The explanation of the one email of a type.
    func explained(
        _ type: String, of contact: Int64 = 1, standing: StandingCounts? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> EmailExplanation {
        let explanation = try #require(
            explain(contact, standing: standing), sourceLocation: sourceLocation)
        let emails = explanation.emails.filter { $0.emailType == type }
        try #require(
            emails.count == 1, "\(explanation.emails.map(\.sentence))", sourceLocation: sourceLocation)
        return emails[0]
    }
}
