import Foundation
import Testing

/// Several processes at the runs of one file.
@Suite struct RunQueueTests {
    private let scratch: Scratch
    private let db: String
    private let config: String
    private let today = "2026-01-05"

    init() throws {
        scratch = try Scratch()
        db = scratch.path("agency.sqlite3")
        config = scratch.path("scheduler.yaml")
        try configure("")
        let contacts = scratch.path("contacts.csv")
        for (step, command) in [
            ("generate", ["generate", "--contacts", "30000", "--seed", "11", "--output", contacts]),
            ("import", ["import", "--db", db, contacts]),
        ] {
            let done = try Command(Binary.path, command)
            guard done.status == 0 else { throw Failure("\(step): \(done.errors)") }
        }
    }

    private func configure(_ settings: String) throws {
        try Data("processing: {batch_size: 500}\n\(settings)\n".utf8).write(to: URL(filePath: config))
    }

    private func start(_ file: String? = nil) throws -> RunningCommand {
        try RunningCommand("run", "--db", file ?? db, "--config", config, "--today", today, "--json")
    }

    /// A service with the contacts in an organisation of its own.
    private func serve() throws -> RunningService {
        let service = try RunningService(dataDirectory: scratch.path("data"), "--config", config)
        try service.makeOrganization("acme")
        let imported = try service.request(
            "/v1/orgs/acme/contacts/import", "--header", "Content-Type: text/csv", "--data-binary",
            "@\(scratch.path("contacts.csv"))")
        #expect(imported.status == 200)
        return service
    }

    /// Asks again and again until something is so.
    private func wait(_ what: String, _ isSo: () throws -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while try !isSo() {
            guard ContinuousClock.now < deadline else { throw Failure("\(what): waited in vain") }
        }
    }

    /// Waits until a run is under way and has stored something.
    private func waitForProgress(_ id: Int) throws {
        try wait("run \(id)") {
            try Database(db).sql(
                "SELECT state = 'running' AND contacts_done > 1000 FROM scheduler_runs WHERE id = \(id)")
                == "1"
        }
    }

    private func member(_ command: RunningCommand, _ name: String) throws -> Int? {
        let run = try JSONSerialization.jsonObject(with: Data(command.output.utf8)) as? [String: Any]
        let report = run?["report"] as? [String: Any]
        return (report?[name] ?? run?[name]) as? Int
    }

    /// The plan of a file, as a run without disturbance makes it.
    private func expectUndisturbedPlan() throws {
        let calm = scratch.path("calm.sqlite3")
        try Command.shell(
            "sqlite3 '\(db)' \"VACUUM INTO '\(calm)'\" && sqlite3 '\(calm)' 'DELETE FROM email_schedules'")
        let run = try Binary.run("run", "--db", calm, "--config", config, "--today", today, "--json")
        #expect(run.status == 0, "\(run.errors)")
        let plan = """
            SELECT contact_id, email_type, event_year, scheduled_send_date, status, skip_reason
            FROM email_schedules ORDER BY 1, 2, 3, 4
            """
        let (ours, theirs) = (try Database(db).sql(plan), try Database(calm).sql(plan))
        #expect(ours == theirs && !ours.isEmpty)
        #expect(try Database(db).sql("PRAGMA integrity_check") == "ok")
    }

    @Test func `a second command waits for the first one's run and then does its own`() throws {
        let first = try start()
        try waitForProgress(1)
        let second = try start()
        #expect(first.wait() == 0, "\(first.errors)")
        #expect(second.wait() == 0, "\(second.errors)")
        #expect(second.errors.contains("Waiting for another process, which carries run 1 out"))
        let inserted = try #require(try member(first, "inserted"))
        #expect(inserted > 30_000)
        #expect(try member(second, "id") == 2)
        #expect(try member(second, "inserted") == 0 && member(second, "unchanged") == inserted)
        #expect(
            try Database(db).sql("SELECT id, state, attempts FROM scheduler_runs ORDER BY id")
                == "1|completed|1\n2|completed|1")
        try expectUndisturbedPlan()
    }

    @Test func `two commands that start together plan the file once, and both say so`() throws {
        let both = [try start(), try start(), try start()]
        for command in both { #expect(command.wait() == 0, "\(command.errors)") }
        #expect(try Database(db).sql("SELECT max(attempts) FROM scheduler_runs") == "1")
        #expect(try Database(db).sql("SELECT count(*) FROM scheduler_runs WHERE state <> 'completed'") == "0")
        try expectUndisturbedPlan()
    }

    @Test func `a command that waits takes up at once what a killed one has left`() throws {
        let first = try start()
        try waitForProgress(1)
        let second = try start()
        try wait("the second command") { second.errors.contains("Waiting for another process") }
        first.signal(SIGKILL)
        _ = first.wait()
        #expect(second.wait() == 0, "\(second.errors)")
        #expect(
            try Database(db).sql("SELECT id, state, attempts FROM scheduler_runs ORDER BY id")
                == "1|completed|2\n2|completed|1")
        try expectUndisturbedPlan()
    }

    @Test func `a run goes on with the configuration that it began with, whatever the file says by now`()
        throws
    {
        let calm = scratch.path("calm.sqlite3")
        try Database(db).sql("VACUUM INTO '\(calm)'")
        #expect(try start(calm).wait() == 0)
        let first = try start()
        try waitForProgress(1)
        first.signal(SIGKILL)
        _ = first.wait()
        try configure("timing_constants: {birthday_email_days_before: 20}")
        let second = try start()
        #expect(second.wait() == 0, "\(second.errors)")
        let emails = "SELECT json_extract(report, '$.email_schedules') FROM scheduler_runs WHERE id = 1"
        let (ours, theirs) = (try Database(db).sql(emails), try Database(calm).sql(emails))
        #expect(ours == theirs && !ours.isEmpty)
        #expect(
            try Database(db).sql("SELECT id, attempts, config_version FROM scheduler_runs ORDER BY id")
                == "1|2|1\n2|1|2")
        let other = scratch.path("other.sqlite3")
        try Database(calm).sql("DELETE FROM email_schedules; VACUUM INTO '\(other)'")
        #expect(try start(other).wait() == 0)
        #expect(try Database(other).sql(emails.replacing("id = 1", with: "id = 2")) != theirs)
    }

    @Test func `a process that stood still while another took its run up writes nothing more`() throws {
        let first = try start()
        try waitForProgress(1)
        // Stopped between transactions, its lease is made to have ended.
        try wait("a moment without a transaction") {
            first.signal(SIGSTOP)
            let forged = try Command(
                "/usr/bin/sqlite3",
                [db, "UPDATE scheduler_runs SET lease_until = 1 WHERE state = 'running'; SELECT changes()"])
            if forged.output == "1\n" { return true }
            first.signal(SIGCONT)
            return false
        }
        let second = try start()
        #expect(second.wait() == 0, "\(second.errors)")
        let runs = try Database(db).dump("scheduler_runs")
        let rows = try Database(db).dump("email_schedules")
        first.signal(SIGCONT)
        #expect(first.wait() == 1)
        // Whichever notices it first, the next batch or the keeper of the lease.
        #expect(first.errors.contains("another process has taken"), "\(first.errors)")
        #expect(!first.errors.contains("constraint"), "\(first.errors)")
        #expect(first.output.isEmpty)
        #expect(try Database(db).dump("scheduler_runs") == runs)
        #expect(try Database(db).dump("email_schedules") == rows)
        #expect(runs.contains("completed"))
        try expectUndisturbedPlan()
    }

    @Test func `a run whose configuration is gone fails, and the command's own goes on`() throws {
        try Database(db).sql(
            """
            INSERT INTO scheduler_runs (kind, today, state, config_version, created_at)
            VALUES ('full', '2026-01-05', 'queued', 99, '2026-01-05 12:00:00')
            """)
        let command = try start()
        #expect(command.wait() == 0, "\(command.errors)")
        #expect(
            try Database(db).sql("SELECT id, state, error FROM scheduler_runs ORDER BY id")
                == "1|failed|version 99 of the configuration is gone\n2|completed|")
    }

    @Test func `a run that finds no space waits, and goes on by itself when there is some`() throws {
        let service = try serve()
        try service.limit("fsize", to: "12000000")
        let asked = try service.request(
            "/v1/orgs/acme/scheduler-runs", "--json", #"{"kind":"full","today":"\#(today)"}"#)
        let id = try #require(asked.json["id"] as? Int)
        try wait("the run to meet the limit") {
            try service.readiness("backlog").finding.contains("are tried again: 1")
        }
        let waiting = try service.request("/v1/orgs/acme/scheduler-runs/\(id)").json
        #expect(["queued", "running"].contains(waiting["state"] as? String))
        #expect(service.logText.contains("raise the quota or the limit"))

        try service.limit("fsize", to: "unlimited")
        let ended = try service.end(ofRun: id, "acme")
        #expect(ended["state"] as? String == "completed" && ended["error"] is NSNull)
        #expect(try #require(ended["attempts"] as? Int) > 1)
        let again = try service.fullRun("acme", today: today)["report"] as? [String: Any]
        #expect(["inserted", "updated", "deleted"].map { again?[$0] as? Int } == [0, 0, 0])
        #expect(try service.readiness("backlog").finding.hasPrefix("ok"))
        #expect(service.terminate() == 0)
    }

    @Test
    func `a command is refused on a running service's file, and by another name of it the runs stay one`()
        throws
    {
        let service = try serve()
        let file = scratch.path("data/acme.sqlite3")
        let refused = try Binary.run("run", "--db", file, "--today", today)
        #expect(refused.status == 1 && refused.errors.contains("a running service uses this directory"))

        let name = scratch.path("other-name.sqlite3")
        try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: file)
        let asked = try service.request(
            "/v1/orgs/acme/scheduler-runs", "--json", #"{"kind":"full","today":"\#(today)"}"#)
        #expect(asked.status == 202)
        let command = try start(name)
        #expect(command.wait() == 0, "\(command.errors)")
        let runs = try Database(file).sql("SELECT id, state, attempts FROM scheduler_runs ORDER BY id")
        #expect(runs == "1|completed|1\n2|completed|1" || runs == "1|completed|1")
        let again = try service.fullRun("acme", today: today)
        let report = again["report"] as? [String: Any]
        #expect(again["state"] as? String == "completed")
        #expect(["inserted", "updated", "deleted"].map { report?[$0] as? Int } == [0, 0, 0])
    }
}
