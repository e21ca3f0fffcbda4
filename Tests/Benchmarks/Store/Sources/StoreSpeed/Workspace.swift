import BenchmarkSupport
import Foundation

/// A directory with generated contacts, and files that both sides start from.
public struct Workspace {
    let directory: URL
    let binary: String
    let contacts: Int
    /// The date of every first run, and of those that follow it.
    static let today = "2026-01-05"

    /// Generates contacts.
    ///
    /// - Parameter binary: The program to measure; nil for the release build of this working copy.
    public init(contacts: Int, binary: String?) throws {
        self.contacts = contacts
        self.binary =
            binary ?? ProcessInfo.processInfo.environment["EMAIL_SCHEDULER_BINARY"] ?? Workspace.builtBinary
        guard FileManager.default.isExecutableFile(atPath: self.binary) else {
            throw BenchmarkFailure(
                "\(self.binary) is missing: swift build --configuration release --product email-scheduler")
        }
        directory = FileManager.default.temporaryDirectory.appending(path: "store-speed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try scheduler(
            "generate", "--contacts", "\(contacts)", "--seed", "1", "--output", path("contacts.csv"))
    }

    private static var builtBinary: String { root.appending(path: ".build/release/email-scheduler").path }

    /// The working copy that this program was built from.
    static var root: URL {
        var root = URL(filePath: #filePath)
        for _ in 0..<6 { root.deleteLastPathComponent() }
        return root
    }

    /// Where a file of that name lies in the directory.
    public func path(_ name: String) -> String { directory.appending(path: name).path }

    /// Removes everything.
    public func remove() { try? FileManager.default.removeItem(at: directory) }

    // MARK: What is measured

    /// Runs the program to be measured.
    @discardableResult
    func scheduler(_ arguments: String...) throws -> Measurement { try Measurement(of: binary, arguments) }

    /// Carries out a full run on a file.
    func run(_ file: String) throws -> Measurement {
        try scheduler("run", "--db", path(file), "--today", Workspace.today)
    }

    /// Runs one of the C programs.
    func reference(_ arguments: String...) throws -> Measurement {
        try Measurement(of: "/proc/self/exe", ["reference"] + arguments)
    }

    /// Runs SQL in SQLite's own shell.
    @discardableResult
    func sqlite(_ file: String, _ commands: String...) throws -> Measurement {
        try Measurement(of: "sqlite3", [path(file)] + commands)
    }

    // MARK: Files

    /// Makes `theirs.db`: the contacts in a table with the indexes of ours, and nothing else of ours.
    public func makeReferenceContacts() throws { _ = try Work.fileImport.theirs(in: self) }

    /// Ids of 10,000 contacts that the service's import has taken, in no order.
    public func contactIDs(of organization: String) throws -> [Int] {
        try sqlite(
            "data/\(organization).sqlite3", ".once \(path("ids"))",
            "SELECT id FROM contacts ORDER BY random() LIMIT 10000")
        return try String(contentsOfFile: path("ids"), encoding: .utf8).split(separator: "\n").compactMap {
            Int($0)
        }
    }

    /// Puts a fresh copy of a database in place of a file, with nothing left in its log.
    func copy(_ source: String, to target: String) throws {
        removeDatabase(target)
        try FileManager.default.copyItem(atPath: path(source), toPath: path(target))
    }

    func removeDatabase(_ name: String) {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path(name + suffix))
        }
    }

    /// Moves what is in a database's log into the file.
    func settle(_ name: String) throws { try sqlite(name, "PRAGMA wal_checkpoint(TRUNCATE)") }

    /// The starting points: `contacts.db` with the contacts alone, `planned.db` after a run, and `changed.db` where
    /// 2 % of the contacts then moved to another state.
    func prepare() throws {
        try scheduler("import", "--db", path("contacts.db"), path("contacts.csv"))
        try settle("contacts.db")
        try copy("contacts.db", to: "planned.db")
        _ = try run("planned.db")
        try settle("planned.db")
        try copy("planned.db", to: "changed.db")
        try sqlite(
            "changed.db",
            "UPDATE contacts SET state = CASE state WHEN 'NY' THEN 'TX' ELSE 'NY' END WHERE id % 50 = 0")
        try settle("changed.db")
    }
}
