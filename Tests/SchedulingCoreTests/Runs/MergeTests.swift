import SchedulingCore
import Testing

@Suite("What a run does to the table (SPEC 11)")
struct MergeTests {
    @Test("What is produced and absent is inserted")
    func inserted() {
        var world = World(on: "2026-03-01", born: "1950-06-15")
        let outcome = world.run()
        #expect(outcome.changes.count == 1)
        guard case .insert = outcome.changes.first else {
            Issue.record("\(outcome.changes)")
            return
        }
    }

    @Test("A second run on the same day writes nothing")
    func untouched() {
        var world = World(on: "2026-03-01", state: "CA", born: "1950-06-15", effective: "2019-06-15")
        world.policy.aep = .init()
        world.instance(7, of: "rate_increase")
        world.target(1, instance: 7, on: "2026-12-15")
        world.run()
        let outcome = world.run()
        #expect(outcome.changes.isEmpty)
        #expect(outcome.report.unchanged == 5)
    }

    @Test("A difference in any column rewrites the row in place", arguments: 0...7)
    func updated(column: Int) throws {
        var world = World(on: "2026-03-01", born: "1950-06-15")
        world.run()
        let right = try world.only("birthday")
        world.edit("birthday") {
            switch column {
            case 0: $0.time = "09:00:00"
            case 1: $0.priority = nil
            case 2: $0.event.day = 14
            case 3: $0.emailTemplate = "old"
            case 4: $0.smsTemplate = "old"
            case 5: $0.skipReason = "holiday"
            case 6: $0.initialID = 3
            default: $0.instanceID = 3
            }
        }
        let outcome = world.run()
        #expect(try world.only("birthday") == right)
        #expect(outcome.report.updated == 1)
        #expect(outcome.changes.count == 1)
    }

    @Test("A row with a template that no run writes differs from none and from any")
    func unknownTemplate() throws {
        var world = World(on: "2026-03-01", born: "1950-06-15")
        world.policy.templates = [:]
        world.run()
        world.edit("birthday") { $0.emailTemplate = "hand-made" }
        world.run()
        #expect(try world.only("birthday").emailTemplate == nil)
    }

    @Test(
        "Planned and skipped rows of today and later that are not produced are deleted",
        arguments: ["pre-scheduled", "skipped"], ["2026-03-01", "2027-01-01"] as [CivilDate])
    func deleted(status: String, date: CivilDate) {
        var world = World(on: "2026-03-01", born: nil)
        let id = world.row(1, "aep", date, status, event: date)
        #expect(world.run().changes == [.delete(rowID: id)])
    }

    @Test("A planned row of a past day that is not produced becomes skipped as expired")
    func expired() {
        var world = World(on: "2026-03-01", born: nil)
        let id = world.row(1, "aep", "2026-02-28", event: "2026-02-28")
        let outcome = world.run()
        #expect(outcome.changes == [.expire(rowID: id)])
        #expect(world.schedule() == ["aep 2026-02-28 skipped expired"])
        #expect(world.run().changes.isEmpty)
    }

    @Test("Skipped rows of past days are history", arguments: ["suppressed", "holiday", nil])
    func history(reason: String?) {
        var world = World(on: "2026-03-01", born: nil)
        world.row(1, "aep", "2026-02-28", "skipped", event: "2026-02-28") { $0.skipReason = reason }
        #expect(world.run().changes.isEmpty)
    }

    @Test(
        "Committed rows are never touched, on whatever day",
        arguments: ["2026-02-01", "2026-03-01", "2026-09-01"] as [CivilDate])
    func committed(date: CivilDate) {
        var world = World(on: "2026-03-01", born: nil)
        world.row(1, "newsletter", date, "scheduled")
        #expect(world.run().changes.isEmpty)
    }

    @Test("A row without date is left alone", arguments: ["pre-scheduled", "skipped"])
    func noDate(status: String) {
        var world = World(on: "2026-03-01", born: nil)
        world.row(1, "newsletter", nil, status)
        #expect(world.run().changes.isEmpty)
    }

    @Test(
        "A planned row of a type that no run produces is deleted",
        arguments: ["newsletter", "campaign_gone", "followup_9_new", "unknown"])
    func unknownTypes(type: String) {
        var world = World(on: "2026-03-01", born: nil)
        world.row(1, type, "2026-05-01", event: "2026-05-01")
        world.run()
        #expect(world.rows.isEmpty)
    }

    @Test("The missed day of a planned email is replaced in its row")
    func missed() throws {
        var world = World(on: "2026-06-02", born: "1950-06-15")
        let id = world.row(1, "birthday", "2026-06-01", event: "2026-06-15") { $0.idealDate = "2026-06-01" }
        let outcome = world.run()
        #expect(outcome.report.updated == 1)
        #expect(try world.only("birthday").id == id)
        #expect(try #require(world.only("birthday").date) > "2026-06-02")
    }

    @Test("Deletions come before updates, and those before insertions")
    func order() {
        var world = World(on: "2026-06-02", born: "1950-06-15", effective: "2019-10-01")
        world.row(1, "birthday", "2026-06-01", event: "2026-06-15")
        world.row(1, "aep", "2026-06-01", event: "2026-06-01")
        world.row(1, "newsletter", "2026-07-01")
        let kinds = world.run().changes.map { change in
            switch change {
            case .delete: "delete"
            case .expire, .update: "update"
            case .insert: "insert"
            case .target: "target"
            }
        }
        #expect(kinds == ["delete", "update", "update", "insert"])
    }
}

@Suite("Rows of contacts that are gone (SPEC 11)")
struct OrphanTests {
    /// Contacts 10 and 20, in batches of one, and rows of contacts 5, 15 and 25 that are gone.
    private func world(_ batchSize: Int) -> World {
        var world = World(on: "2026-03-01")
        world.reading.batchSize = batchSize
        world.add(10, born: "1950-06-15")
        world.add(20, born: "1950-06-15")
        for id in [5, 15, 25] as [Int64] {
            world.row(id, "birthday", "2026-06-01", event: "2026-06-15")
            world.row(id, "aep", "2026-02-01", event: "2026-02-01")
            world.row(id, "birthday", "2026-06-01", "sent", event: "2026-06-15")
            world.row(id, "followup_1_cold", "2026-06-01", "skipped") { $0.initialID = 1 }
        }
        return world
    }

    @Test(
        "Planned ones are deleted or expire, committed ones and skipped follow-ups stay",
        arguments: [1, 2, 3])
    func orphans(batchSize: Int) {
        var world = world(batchSize)
        world.run()
        for id in [5, 15, 25] as [Int64] {
            #expect(
                world.schedule(id) == [
                    "aep 2026-02-01 skipped expired", "birthday 2026-06-01 sent",
                    "followup_1_cold 2026-06-01 skipped",
                ])
        }
        #expect(world.schedule(10) == ["birthday 2026-06-01"])
    }

    @Test("Each change of theirs is made and counted once", arguments: [1, 2, 3])
    func counted(batchSize: Int) {
        var world = world(batchSize)
        let outcome = world.run()
        #expect(outcome.report.deleted == 3)
        #expect(outcome.report.updated == 3)
        #expect(outcome.changes.count == 8)
    }

    @Test("A single row between two contacts is not overlooked")
    func single() {
        var world = World(on: "2026-03-01")
        world.add(10)
        world.add(20)
        world.row(15, "birthday", "2026-06-01", event: "2026-06-15")
        world.run()
        #expect(world.rows.isEmpty)
    }

    @Test("Their committed rows load their day")
    func load() {
        var world = world(2)
        world.totalContacts = 30
        // Cap and threshold 2; three rows of contacts that are gone fill 1 June.
        world.run()
        #expect(world.schedule(10) == ["birthday 2026-06-02"])
    }

    @Test("Without any contact left their rows are dealt with all the same")
    func nobody() {
        var world = World(on: "2026-03-01")
        world.row(5, "birthday", "2026-06-01", event: "2026-06-15")
        world.run()
        #expect(world.rows.isEmpty)
    }
}
