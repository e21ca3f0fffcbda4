import Foundation
import Testing

/// The rows of `run --db` against a second, independent reading of the rules, field by field.
@Suite struct ReferenceTests {
    private static let folder = Repository.root.appending(path: "Tests/EndToEnd/Reference")

    @Test(
        arguments: [
            ("2025-12-30", 1, "--plain"), ("2026-02-26", 2, ""), ("2028-02-27", 3, ""),
            ("2026-09-13", 4, ""), ("2027-01-01", 5, "--seed-columns"),
        ])
    func `three days in a row give the rows of the rules`(start: String, seed: Int, options: String) throws {
        let scratch = try Scratch()
        let database = scratch.path("contacts.sqlite3")
        try python(
            "generate.py --out '\(database)' --contacts 500 --seed \(seed) --today \(start) \(options)")
        var day = start
        for _ in 0..<3 {
            let context = "seed \(seed), start \(start), day \(day)"
            let expected = scratch.path("expected-\(day)")
            let before = scratch.path("before-\(day).sqlite3")
            try Command.shell("sqlite3 '\(database)' \"VACUUM INTO '\(before)'\"")
            try python("oracle.py --db '\(before)' --today \(day) --table > '\(expected)'")
            let run = try Binary.run("run", "--db", database, "--today", day, "--json")
            #expect(run.status == 0, "\(context): \(run.errors)")
            try Command.shell("sqlite3 '\(database)' 'PRAGMA wal_checkpoint(TRUNCATE)'")
            let compared = try Command.shell(
                "python3 compare.py '\(expected)' '\(database)' --today \(day) --templates", in: Self.folder)
            #expect(compared.status == 0, "\(context): \(compared.output)")

            let again = try Binary.run("run", "--db", database, "--today", day, "--json")
            let report = try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any]
            let counts = report?["report"] as? [String: Any]
            for key in ["inserted", "updated", "deleted"] {
                #expect(counts?[key] as? Int == 0, "\(context) \(key)")
            }

            try python("advance.py --db '\(database)' --today \(day) --seed \(seed)")
            day = try Command.shell("date -d '\(day) + 1 day' +%F").output.trimmingCharacters(in: .newlines)
        }
    }

    private func python(_ line: String) throws {
        let command = try Command.shell("python3 \(line)", in: Self.folder)
        guard command.status == 0 else { throw Failure("\(line): \(command.errors)") }
    }
}
