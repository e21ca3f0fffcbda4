import Foundation

/// The scripts in the folder `Reference`.
enum Reference {
    /// Runs a script of the folder, with its arguments.
    static func run(_ line: String) throws -> Command {
        try Command.shell("python3 \(line)", in: Repository.root.appending(path: "Tests/EndToEnd/Reference"))
    }

    /// Makes a database of another system whose rows lie around a date.
    static func makeSeedDatabase(_ file: String, today: String, _ options: String = "") throws {
        let made = try run("seed_database.py --out '\(file)' --today \(today) \(options)")
        guard made.status == 0 else { throw Failure(made.errors) }
    }
}
