import Foundation
import SeededRandomness
import Synchronization

/// Clients that change an organisation and note what was acknowledged, until the service dies.
final class Traffic: Sendable {
    static let organization = "acme"
    static let path = "/v1/orgs/\(organization)"
    static let events = SignedEvents(secret: "secret")
    /// Contacts that one client puts, changes and removes one by one.
    private static let singles = 5001...5200
    /// Contacts that are imported again and again.
    private static let imported = 6001...8000

    let ledger = Ledger()
    /// Answers that nobody may give.
    let mistakes = Mutex<[String]>([])
    /// Contacts that stay: events and campaigns concern them.
    private let contacts: [Int]
    private let state = Mutex(State())

    private struct State {
        var number = 0
        var nextUnsubscribed = 0
        var nextTriggered = 0
        var batches: [String: (body: String, unsubscribed: [Int])] = [:]
        var templateChanges = 0
    }

    init(contacts: [Int]) { self.contacts = contacts }

    /// Whatever a client does, over and over.
    typealias Client = @Sendable (KeepAliveClient, inout SeededGenerator) throws -> Void

    /// Several add contacts, so that their changes share transactions.
    var clients: [Client] { [single, importing, event, campaign, run, adding, adding, adding] }

    /// A number that no other has.
    private func number() -> Int {
        state.withLock {
            $0.number += 1
            return $0.number
        }
    }

    /// Notes an answer of another status than those that are right.
    private func expect(_ statuses: Int..., of answer: RunningService.Answer, _ what: String) -> Bool {
        if statuses.contains(answer.status) { return true }
        mistakes.withLock { $0.append("\(what): \(answer.status) \(answer.body)") }
        return false
    }

    @Sendable private func single(_ client: KeepAliveClient, _ random: inout SeededGenerator) throws {
        let id = random.number(Self.singles)
        let key = "contact/\(id)"
        let path = "\(Self.path)/contacts/\(id)"
        let isThere = ledger[key] != nil
        if isThere, random.chance(0.3) {
            ledger.ask(key, nil)
            if expect(204, of: try client.send("DELETE", path), "delete") { ledger.acknowledge(key) }
            return
        }
        let email = "s\(number())@example.com"
        ledger.ask(key, email)
        let changes = isThere && random.chance(0.5)
        let answer = try client.send(
            changes ? "PATCH" : "PUT", path,
            changes
                ? #"{"email":"\#(email)"}"#
                : #"{"email":"\#(email)","zip_code":"60601","birth_date":"1950-0\#(id % 9 + 1)-15"}"#)
        if expect(200, 201, of: answer, "put") { ledger.acknowledge(key) }
    }

    @Sendable private func adding(_ client: KeepAliveClient, _ random: inout SeededGenerator) throws {
        // Ids that nobody else puts or imports.
        let id = 100_000 + number()
        let key = "added/\(id)@example.com"
        ledger.ask(key, "there")
        let answer = try client.send("POST", "\(Self.path)/contacts", #"{"id":\#(id),"email":"\#(key)"}"#)
        if expect(201, of: answer, "add") { ledger.acknowledge(key) }
    }

    @Sendable private func importing(_ client: KeepAliveClient, _ random: inout SeededGenerator) throws {
        var rows = ""
        var keys: [String] = []
        let number = number()
        for _ in 0..<random.number(1...600) {
            let id = random.number(Self.imported)
            let email = "i\(number)-\(keys.count)@example.com"
            rows +=
                #"{"id":\#(id),"email":"\#(email)","zip_code":"78701","birth_date":"1951-03-0\#(id % 9 + 1)"}"#
            rows += "\n"
            keys.append("contact/\(id)")
            ledger.ask("contact/\(id)", email)
        }
        let answer = try client.send(
            "POST", "\(Self.path)/contacts/import", rows, type: "application/x-ndjson")
        guard expect(200, of: answer, "import"), let id = answer.json["import_id"] as? Int else { return }
        for key in keys { ledger.acknowledge(key) }
        ledger.acknowledge("import/\(id)", "completed \(keys.count)")
    }

    @Sendable private func event(_ client: KeepAliveClient, _ random: inout SeededGenerator) throws {
        let name = "b\(number())"
        let some = state.withLock { state in
            defer { state.nextUnsubscribed += 3 }
            return contacts.dropFirst(state.nextUnsubscribed).prefix(3)
        }
        let kind = some.isEmpty ? "open" : "unsubscribe"
        let about = some.isEmpty ? (0..<3).map { _ in random.pick(contacts) } : Array(some)
        let events = about.enumerated().map {
            #"{"event_id":"\#(name)-\#($0)","type":"\#(kind)","contact_id":\#($1),"at":"2026-01-05T10:00:00Z"}"#
        }
        let body = "[\(events.joined(separator: ","))]"
        state.withLock { $0.batches["batch/\(name)"] = (body, Array(some)) }
        ledger.ask("batch/\(name)", "\(about.count)")
        for id in some { ledger.ask("suppression/\(id)", "unsubscribed") }
        let answer = try Self.events.send(body, to: Self.organization, client)
        guard expect(200, of: answer, "events") else { return }
        if answer.json["applied"] as? Int != about.count { _ = expect(of: answer, "events") }
        ledger.acknowledge("batch/\(name)")
        for id in some { ledger.acknowledge("suppression/\(id)") }
    }

    /// Sends batches of events again that were not sent since the last time: those that were acknowledged are known.
    func resend(_ client: KeepAliveClient) throws -> [String: String] {
        var known: [String: String] = [:]
        let batches = state.withLock { state in
            defer { state.batches = [:] }
            return state.batches
        }
        for (key, batch) in batches {
            let answer = try Self.events.send(batch.body, to: Self.organization, client)
            guard expect(200, of: answer, "events again") else { continue }
            let duplicates = answer.json["duplicates"] as? Int ?? -1
            if duplicates != 0 { known[key] = "\(duplicates)" }
            for id in batch.unsubscribed { ledger.acknowledge("suppression/\(id)", "unsubscribed") }
        }
        return known
    }

    @Sendable private func campaign(_ client: KeepAliveClient, _ random: inout SeededGenerator) throws {
        let next = state.withLock { state in
            defer { state.nextTriggered += 1 }
            return state.nextTriggered
        }
        if random.chance(0.5), next < contacts.count {
            let id = contacts[contacts.count - 1 - next]
            ledger.ask("target/\(id)", "2026-03-2\(id % 10)")
            let answer = try client.send(
                "POST", "\(Self.path)/campaign-instances/1/trigger",
                #"{"contacts":[{"id":\#(id),"trigger_date":"2026-03-2\#(id % 10)"}]}"#)
            guard expect(202, of: answer, "trigger"), let run = answer.json["id"] as? Int else { return }
            ledger.acknowledge("target/\(id)")
            ledger.acknowledge("run/\(run)", "there")
        } else {
            let instance = random.number(1...2)
            let template = "t\(number())"
            ledger.ask("template/\(instance)", template)
            let answer = try client.send(
                "PATCH", "\(Self.path)/campaign-instances/\(instance)",
                #"{"email_template":"\#(template)"}"#)
            guard expect(200, of: answer, "template") else { return }
            ledger.acknowledge("template/\(instance)")
            state.withLock { $0.templateChanges += 1 }
        }
    }

    /// Changes of templates that were acknowledged.
    var templateChanges: Int { state.withLock { $0.templateChanges } }

    @Sendable private func run(_ client: KeepAliveClient, _ random: inout SeededGenerator) throws {
        let answer = try client.send(
            "POST", "\(Self.path)/scheduler-runs", #"{"kind":"full","today":"2026-01-05"}"#)
        guard expect(202, of: answer, "run"), let id = answer.json["id"] as? Int else { return }
        ledger.acknowledge("run/\(id)", "there")
        // Asking without a pause would take the processor from the run.
        while try client.send("GET", "\(Self.path)/scheduler-runs/\(id)").json["finished_at"] is NSNull {
            usleep(5000)
        }
    }
}
