import Foundation
import SeededRandomness
import Testing

/// What a loss of power may leave of what was acknowledged: files as they were last synced, or any mixture of that
/// and of what was written since, sector by sector.
@Suite struct PowerLossTests {
    private let scratch: Scratch
    private let machine: Machine
    private let seed = Setting.number("SEED", standard: 20_260_105)

    init() throws {
        scratch = try Scratch()
        machine = try Machine(scratch)
    }

    @Test(arguments: ["full", "normal"])
    func `what was acknowledged survives as far as the durability promises, and files are whole`(
        durability: String
    ) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let data = scratch.path("data")
        for round in 1...3 {
            let acknowledged = try work(in: data, durability, until: random.number(20...120), round)
            for mixture in 0...3 {
                let context: Comment = "seed \(seed), round \(round), mixture \(mixture)"
                let left = scratch.path("left-\(round)-\(mixture)")
                // 0 is what was synced alone, 1 everything that was written.
                let share = [0, 1, 0.5, 0.9][mixture]
                try losePower(of: data, to: left, written: share, &random)
                try check(left, acknowledged, durability, context)
            }
        }
    }

    /// Lets a service work and dies. Returns the values that it acknowledged, in order, one a write.
    private func work(
        in data: String, _ durability: String, until count: Int, _ round: Int
    ) throws -> [String] {
        let service = try RunningService(
            dataDirectory: data, "--durability", durability, environment: machine.environment)
        let client = try KeepAliveClient(service)
        if round == 1 { try service.makeOrganization("acme") }
        let before = try client.all("/v1/orgs/acme/contacts").compactMap { $0["email"] as? String }
        var acknowledged: [String] = []
        for number in 1...count {
            let email = "r\(round)-\(number)@example.com"
            let isImport = number % 10 == 0
            let answer =
                isImport
                ? try client.send(
                    "POST", "/v1/orgs/acme/contacts/import", "email,zip_code\n\(email),60601\n",
                    type: "text/csv")
                : try client.send(
                    "POST", "/v1/orgs/acme/contacts",
                    #"{"email":"\#(email)","zip_code":"78701","birth_date":"1950-03-01"}"#)
            guard answer.status == (isImport ? 200 : 201) else { throw Failure("\(answer.body)") }
            acknowledged.append(email)
            // Contacts change the plan from now on, in runs of their own.
            if number == 10 {
                #expect(try service.fullRun("acme", today: "2026-01-05")["state"] as? String == "completed")
            }
        }
        service.kill()
        return before + acknowledged
    }

    /// Makes a data directory as it may be afterwards: of each sector what was synced, or with a probability what was
    /// written since.
    private func losePower(
        of data: String, to left: String, written share: Double, _ random: inout SeededGenerator
    ) throws {
        try Command.shell("cp -r '\(data)' '\(left)' && rm -f '\(left)'/*.sqlite3*")
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: data) {
            guard name.hasSuffix(".sqlite3") || name.hasSuffix("-wal") else { continue }
            let written = [UInt8](try Data(contentsOf: URL(filePath: "\(data)/\(name)")))
            let synced = [UInt8]((try? Data(contentsOf: machine.disk.appending(path: name))) ?? Data())
            var content = share == 0 ? synced : written
            for start in stride(from: 0, to: content.count, by: 512) where !random.chance(share) {
                let sector = start..<min(start + 512, content.count)
                for index in sector { content[index] = index < synced.count ? synced[index] : 0 }
            }
            try Data(content).write(to: URL(filePath: "\(left)/\(name)"))
        }
    }

    private func check(
        _ left: String, _ acknowledged: [String], _ durability: String, _ context: Comment
    ) throws {
        let service = try RunningService(dataDirectory: left, "--durability", durability)
        let found = try KeepAliveClient(service).all("/v1/orgs/acme/contacts")
            .compactMap { $0["email"] as? String }
        // What is there is the beginning of what was acknowledged: nothing is missing before something that is there.
        #expect(found == Array(acknowledged.prefix(found.count)), context)
        if durability == "full" { #expect(found.count == acknowledged.count, context) }
        #expect(try service.fullRun("acme", today: "2026-01-05")["state"] as? String == "completed", context)
        #expect(service.terminate() == 0)
        for name in ["service", "acme"] {
            let whole = try Database("\(left)/\(name).sqlite3").sql("PRAGMA integrity_check")
            #expect(whole == "ok", context)
        }
    }
}
