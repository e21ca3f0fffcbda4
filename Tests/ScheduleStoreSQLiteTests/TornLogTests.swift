import Foundation
import GRDB
import ScheduleStore
import ScheduleStoreSQLite
import SeededRandomness
import Testing

@Suite(
    "A write-ahead log that ends in the middle, or in rubbish, gives back what was committed before that place"
)
struct TornLogTests {
    private static let headerBytes = 32
    private static let frameBytes = 24 + 4096
    private static let seed: UInt64 = 20_260_105

    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// What is done to the log from a place on.
    enum Damage: CaseIterable {
        /// Nothing was written from there on.
        case cut
        /// It is zeros.
        case zeros
        /// It is something else.
        case rubbish
        /// One byte there is another.
        case bit
    }

    @Test("at each frame's border, in its header and in its page", arguments: Damage.allCases)
    func torn(_ damage: Damage) async throws {
        let (database, log, ends) = try await written()
        try #require((log.count - Self.headerBytes).isMultiple(of: Self.frameBytes))
        var random = SeededGenerator(seed: Self.seed)
        var places = [0, Self.headerBytes / 2, log.count - 1]
        for frame in stride(from: Self.headerBytes, to: log.count, by: Self.frameBytes) {
            places += [frame, frame + random.number(1...23), frame + random.number(24...Self.frameBytes - 1)]
        }
        for (number, place) in places.enumerated() {
            var torn = log
            switch damage {
            case .cut: torn.removeSubrange(place...)
            case .zeros: for index in place..<torn.count { torn[index] = 0 }
            case .rubbish: for index in place..<torn.count { torn[index] = UInt8(random.number(0...255)) }
            case .bit: torn[place] ^= 1 << UInt8(random.number(0...7))
            }
            let file = directory.file("torn\(number).sqlite3")
            try Data(database).write(to: URL(fileURLWithPath: file))
            try Data(torn).write(to: URL(fileURLWithPath: file + "-wal"))
            let store = try SQLiteOrganizationStore(path: file)
            let found = try await store.contacts(after: nil, limit: 1000).items.map(\.id)
            try await store.close()
            // Zeros may be put where zeros were.
            var changed = place
            while changed < torn.count, torn[changed] == log[changed] { changed += 1 }
            let kept = ends.prefix { $0 <= changed }.count
            let context: Comment = "seed \(Self.seed), \(damage) at \(place), log ends \(ends)"
            #expect(found == (0..<kept).map { Int64($0 + 1) }, context)
            #expect(try Other.rows("PRAGMA integrity_check", file: file).first?[0] == "ok", context)
            for suffix in ["", "-wal", "-shm"] { unlink(file + suffix) }
        }
    }

    /// A database file and its log after some writes, and where the log ended after each.
    private func written() async throws -> (database: [UInt8], log: [UInt8], ends: [Int]) {
        let file = directory.file("a.sqlite3")
        try await SQLiteOrganizationStore(path: file).close()
        let store = try SQLiteOrganizationStore(path: file)
        var ends: [Int] = []
        for id in 1...5 {
            var draft = ContactDraft(id: Int64(id))
            draft.email = "\(id)@example.com"
            _ = try await store.insertContact(draft)
            ends.append(try Data(contentsOf: URL(fileURLWithPath: file + "-wal")).count)
        }
        let content = try ["", "-wal"].map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: file + $0))) }
        try await store.close()
        return (content[0], content[1], ends)
    }
}
