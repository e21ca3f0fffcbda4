import SchedulingCore
import Testing

@Suite("The daily cap (SPEC 6, 8)")
struct DailyCapTests {
    @Test(
        "The cap is a share of all contacts, rounded down, at least 1",
        arguments: [
            (0, 1), (1, 1), (14, 1), (28, 1), (29, 2), (99, 6), (100, 7), (200, 14), (3_000_000, 210_000),
        ])
    func cap(contacts: Int, cap: Int) {
        #expect(SchedulingPolicy().load.dailyCap(totalContacts: contacts) == cap)
    }

    @Test("A share that floating point leaves a hair below a whole number counts as that number")
    func capFloor() {
        var load = SchedulingPolicy().load
        load.dailySendPercentageCap = 0.29
        #expect(0.29 * 100.0 < 29)
        #expect(load.dailyCap(totalContacts: 100) == 29)
    }

    @Test("So does a threshold")
    func thresholdFloor() {
        var load = SchedulingPolicy().load
        load.overageThreshold = 1.15
        #expect(100 * 1.15 < 115)
        #expect(load.overageLimit(cap: 100) == 115)
    }

    @Test(
        "The threshold is the cap times 1.2, rounded down",
        arguments: [(1, 1), (4, 4), (5, 6), (7, 8), (10, 12)])
    func threshold(cap: Int, threshold: Int) {
        #expect(SchedulingPolicy().load.overageLimit(cap: cap) == threshold)
    }

    @Test(
        "A day up to the threshold is left alone, one beyond is cut down to the cap, and the rest carried",
        arguments: [
            (7, [7]), (8, [8]), (9, [7, 2]), (15, [7, 8]), (16, [7, 7, 2]), (29, [7, 7, 7, 8]),
            (30, [7, 7, 7, 7, 2]),
        ] as [(Int64, [Int])])
    func carrying(count: Int64, days: [Int]) {
        var cap = CapWorld()
        cap.add(count)
        #expect(cap.run() == days)
    }

    @Test("What is carried counts on the next day with that day's own")
    func carriedOntoNext() {
        var cap = CapWorld()
        cap.add(9)
        cap.add(7, on: 1)
        #expect(cap.run() == [7, 7, 2])
    }

    @Test("What is carried onto a day with room stays there")
    func carriedOntoRoom() {
        var cap = CapWorld()
        cap.add(9)
        cap.add(6, on: 1)
        #expect(cap.run() == [7, 8])
    }

    @Test("Placing begins today")
    func today() {
        var cap = CapWorld(on: CapWorld.day)
        cap.add(9)
        #expect(cap.run() == [7, 2])
    }

    @Test("Of equal emails those of the lower contact ids stay")
    func contactOrder() {
        var cap = CapWorld()
        cap.add(17)
        cap.world.contacts.reverse()
        _ = cap.run()
        #expect(cap.offsets == Array(repeating: 0, count: 7) + Array(repeating: 1, count: 7) + [2, 2, 2])
    }

    @Test("The more important emails stay")
    func priorityOrder() {
        var cap = CapWorld()
        cap.add(5, instance: 1, priority: 6)
        cap.add(5, instance: 2, priority: 5)
        _ = cap.run()
        #expect(cap.offsets == [0, 0, 1, 1, 1] + [0, 0, 0, 0, 0])
    }

    @Test("Before importance comes the latest date: what can wait less stays")
    func latestOrder() {
        var cap = CapWorld()
        cap.add(5, instance: 1, priority: 1)
        cap.add(5, instance: 2, priority: 9, lastDay: 3)
        cap.add(2, instance: 3, priority: 9, lastDay: 2)
        _ = cap.run()
        #expect(cap.offsets == [1, 1, 1, 1, 1] + [0, 0, 0, 0, 0] + [0, 0])
    }

    @Test("After importance comes the target date: what has waited longer stays")
    func targetOrder() {
        // One end for all, so that the latest dates are equal.
        var cap = CapWorld()
        cap.add(7, on: 1, instance: 1, lastDay: 30)
        cap.add(9, on: 0, instance: 2, lastDay: 30)
        _ = cap.run()
        #expect(cap.offsets == [1, 1, 1, 1, 1, 2, 2] + [0, 0, 0, 0, 0, 0, 0, 1, 1])
    }

    @Test("What is carried takes its place among the next day's own by that order")
    func carriedOrder() {
        var cap = CapWorld()
        cap.add(9, on: 0, instance: 1)
        cap.add(8, on: 1, instance: 2, lastDay: 5)
        _ = cap.run()
        #expect(cap.offsets == [0, 0, 0, 0, 0, 0, 0, 2, 2] + [1, 1, 1, 1, 1, 1, 1, 2])
    }

    @Test("Then the type, the instance and the event date")
    func tieOrder() {
        var cap = CapWorld()
        cap.world.totalContacts = 15
        // A cap of 1. A birthday and two campaigns on the same day, with the same latest date.
        cap.add(1, instance: 2, lastDay: 13)
        cap.add(1, instance: 1, lastDay: 13)
        cap.world.add(3, born: "1950-05-18")
        _ = cap.run()
        #expect(cap.world.schedule(3) == ["birthday 2026-05-04"])
        #expect(cap.world.schedule(2) == ["campaign_type1 2026-05-05 #1"])
        #expect(cap.world.schedule(1) == ["campaign_type2 2026-05-06 #2"])
    }

    @Test("What cannot wait stays on a full day, and the others make room for it")
    func pinned() {
        var cap = CapWorld()
        cap.add(6, instance: 1)
        cap.add(4, instance: 2, priority: 9, lastDay: 0)
        #expect(cap.run() == [7, 3])
        #expect(cap.offsets == [0, 0, 0, 1, 1, 1] + [0, 0, 0, 0])
    }

    @Test("More than the threshold of such emails all stay, and the day is reported")
    func overCap() {
        var cap = CapWorld()
        cap.add(9, instance: 1, lastDay: 0)
        cap.add(2, instance: 2)
        let report = cap.world.run().report
        #expect(cap.offsets == Array(repeating: 0, count: 9) + [1, 1])
        #expect(report.overCapDays == [CapWorld.day])
    }

    @Test("A day at its threshold is not reported")
    func notOverCap() {
        var cap = CapWorld()
        cap.add(8, instance: 1, lastDay: 0)
        #expect(cap.world.run().report.overCapDays.isEmpty)
    }

    @Test("An email carried to its last day stays there and may push it over the cap")
    func pushedToLastDay() {
        var cap = CapWorld()
        cap.add(20, lastDay: 1)
        let report = cap.world.run().report
        #expect(cap.run() == [7, 13])
        #expect(report.overCapDays == [CapWorld.day + 1])
    }

    @Test(
        "Committed rows load their day, whether sent or failed",
        arguments: ["scheduled", "sent", "delivered", "failed", "bounced"])
    func fixedLoad(status: String) {
        var cap = CapWorld()
        cap.commit(5, on: 0, status)
        cap.add(4)
        #expect(cap.run() == [2, 2])
    }

    @Test(
        "Cancelled rows and follow-ups do not",
        arguments: [
            ("cancelled", "birthday"), ("canceled", "aep"), ("scheduled", "followup_1_cold"),
            ("sent", "followup_9_new"),
        ])
    func noLoad(status: String, type: String) {
        var cap = CapWorld()
        cap.commit(5, on: 0, status, type)
        cap.add(4)
        #expect(cap.run() == [4])
    }

    @Test("The day of a committed row is that of its sending")
    func sendDate() {
        var cap = CapWorld()
        cap.commit(5, on: 0, "sent")
        for position in cap.world.rows.indices { cap.world.rows[position].sentAt = "2026-05-05 00:10:00" }
        cap.add(4)
        cap.add(4, on: 1)
        #expect(cap.run() == [4, 2, 2])
    }

    @Test("A fixed load of more than the cap leaves room for nothing but what cannot wait")
    func fullOfFixed() {
        var cap = CapWorld()
        cap.commit(20, on: 0, "scheduled")
        cap.add(2, instance: 1)
        cap.add(1, instance: 2, lastDay: 0)
        let report = cap.world.run().report
        #expect(cap.offsets == [1, 1, 0])
        #expect(report.overCapDays == [CapWorld.day])
    }

    @Test("Kept emails load their day and stay")
    func kept() {
        var cap = CapWorld()
        cap.add(6)
        _ = cap.run()
        cap.add(4)
        #expect(cap.run() == [7, 3])
        #expect(cap.offsets == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
    }

    @Test("Follow-ups are neither moved nor counted")
    func followups() {
        var cap = CapWorld()
        cap.world.today = CapWorld.day
        for id in 101...110 as ClosedRange<Int64> {
            cap.world.add(id)
            cap.world.row(id, "aep", CapWorld.day - 2, "sent", event: CapWorld.day - 2)
        }
        cap.add(8)
        _ = cap.run()
        #expect(cap.world.rows.count { $0.date == CapWorld.day && $0.isFollowup } == 10)
        #expect(cap.world.rows.count { $0.date == CapWorld.day && !$0.isFollowup } == 8)
    }

    @Test("An email is carried no further than the last day before a window, and stays there")
    func window() {
        var world = World(on: "2026-03-01")
        world.totalContacts = 15
        // Ideal 1 June; closed from 3 June on.
        world.policy.stateRules["TX"] = StateRule(
            .birthday(daysBefore: 12, daysAfter: 0, preWindowExtensionDays: 0))
        world.add(1...4, born: "1950-06-15")
        let report = world.run().report
        #expect(world.load() == ["2026-06-01": 1, "2026-06-02": 3])
        #expect(report.overCapDays == ["2026-06-02"])
    }

    @Test("An email without deadline may wait 400 days")
    func noDeadline() {
        // A cap of 1: the 401st waits 400 days, and the 402nd stays with it.
        var cap = CapWorld(totalContacts: 1)
        cap.add(403)
        let days = cap.run()
        #expect(days.count == 401)
        #expect(days.last == 3)
        #expect(days.dropLast().allSatisfy { $0 == 1 })
    }
}
