import SchedulingCore
import Testing

private let cold = "followup_1_cold"
private let clicked = "followup_2_clicked_no_hq"
private let answeredNo = "followup_3_hq_no_yes"
private let answeredYes = "followup_4_hq_with_yes"

@Suite("The type of a follow-up (SPEC 10)")
struct FollowupTypeTests {
    /// Row 1 is a birthday email sent on 28 February at 09:15, row 2 an AEP email sent the day before.
    private func world() -> World {
        var world = World(on: "2026-03-01", born: nil)
        world.row(1, "birthday", "2026-02-28", "sent", event: "2026-03-14") {
            ($0.sentAt, $0.trackingID) = ("2026-02-28 09:15:00", "8f14e45f")
        }
        world.row(1, "aep", "2026-02-27", "sent", event: "2026-02-27")
        return world
    }

    /// Type of the follow-up of an email after a run.
    private func followupType(_ world: inout World, of initial: Int64 = 1) -> String? {
        world.run()
        return world.rows.first { $0.isFollowup && $0.initialID == initial }?.type
    }

    @Test("It is cold where nothing happened")
    func nothing() {
        var world = world()
        #expect(followupType(&world) == cold)
    }

    @Test(
        "A click counts for the email whose row or tracking id it names, or for every email if it names none",
        arguments: [
            (1, nil, [clicked, cold]), (2, nil, [cold, clicked]), (99, nil, [cold, cold]),
            (nil, "8f14e45f", [clicked, cold]), (nil, "other", [cold, cold]),
            (2, "8f14e45f", [clicked, clicked]),
            (99, "8f14e45f", [clicked, cold]), (nil, nil, [clicked, clicked]),
        ] as [(Int64?, String?, [String])])
    func clicks(row: Int64?, tracking: String?, types: [String]) {
        var world = world()
        world.behaviour(
            at: "2026-02-28 10:00",
            .click(scheduleID: row, trackingID: tracking.map { FNVHash($0).value }))
        #expect([followupType(&world, of: 1), followupType(&world, of: 2)] == types)
    }

    @Test("A click without tracking id does not match an email without one")
    func noTrackingID() {
        var world = world()
        world.rows[0].trackingID = nil
        world.behaviour(at: "2026-02-28 10:00", .click(scheduleID: 99, trackingID: nil))
        #expect(followupType(&world) == cold)
    }

    @Test("An answer counts with or without a yes", arguments: [(false, answeredNo), (true, answeredYes)])
    func answers(withYes: Bool, expected: String) {
        var world = world()
        world.behaviour(at: "2026-02-28 10:00", .answered(withYes: withYes))
        #expect(followupType(&world) == expected)
    }

    @Test("The highest of what happened decides, in any order", arguments: [true, false])
    func highest(reversed: Bool) {
        var world = world()
        world.behaviour(at: "2026-02-28 10:00", .answered(withYes: true))
        world.behaviour(at: "2026-02-28 11:00", .answered(withYes: false))
        world.behaviour(at: "2026-02-28 12:00", .click(scheduleID: 1, trackingID: nil))
        if reversed { world.behaviours.reverse() }
        #expect(followupType(&world) == answeredYes)
        world.behaviours.removeAll { $0.kind == .answered(withYes: true) }
        #expect(followupType(&world) == answeredNo)
    }

    @Test(
        "What happened before the moment of sending does not count, at that moment it does",
        arguments: [("2026-02-28 09:14:59", cold), ("2026-02-28 09:15:00", answeredNo)])
    func moment(moment: String, expected: String) {
        var world = world()
        world.behaviour(at: moment, .answered(withYes: false))
        #expect(followupType(&world) == expected)
    }

    @Test(
        "Without actual_send_datetime the scheduled date and time is that moment",
        arguments: [("2026-02-27 08:29:59", cold), ("2026-02-27 08:30:00", answeredNo)])
    func scheduledMoment(moment: String, expected: String) {
        var world = world()
        world.behaviour(at: moment, .answered(withYes: false))
        #expect(followupType(&world, of: 2) == expected)
    }

    @Test("What happened at no moment, or to another contact, does not count")
    func ignored() {
        var world = world()
        world.add(2)
        world.behaviour(at: "yesterday", .answered(withYes: true))
        world.behaviour(2, at: "2026-02-28 10:00", .answered(withYes: true))
        #expect(followupType(&world) == cold)
    }

    @Test("Each run judges a planned one anew, in the same row with the template of its type")
    func inPlace() throws {
        var world = world()
        world.rows.removeLast()
        world.run()
        let first = try world.only(cold)
        world.behaviour(at: "2026-02-28 10:00", .answered(withYes: true))
        world.run()
        let second = try world.only(answeredYes)
        #expect(second.id == first.id)
        #expect(second.date == first.date)
        #expect(second.emailTemplate == "followup_4_hq_with_yes_email")
    }

    @Test("Once committed its type stands")
    func committed() throws {
        var world = world()
        world.rows.removeLast()
        world.run()
        world.edit(cold) { $0.status = "scheduled" }
        world.behaviour(at: "2026-02-28 10:00", .answered(withYes: true))
        #expect(world.run().changes.isEmpty)
    }
}
