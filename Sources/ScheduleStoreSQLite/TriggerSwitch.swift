import CSQLiteSettings
import GRDB

/// Turns the triggers of a connection off while very many rows are written.
///
/// Prepared statements expire by it, and are prepared again when they are next used: that costs a fraction of a
/// millisecond, so a few rows are written faster with the triggers on.
enum TriggerSwitch {
    /// Rows from which turning the triggers off is worth its cost.
    static let worthwhileRows = 500

    /// Does something inside a transaction without triggers, which are on again afterwards whatever comes of it.
    static func withoutTriggers<Result>(
        _ database: Database, _ body: () throws -> Result
    ) throws -> Result {
        try set(database, isOn: false)
        let outcome = Swift.Result { try body() }
        try set(database, isOn: true)
        return try outcome.get()
    }

    /// Whether all triggers of a file are ours: those of other programs must not be passed over.
    static func areAllOurs(_ database: Database) throws -> Bool {
        let triggers = try RawStatement("SELECT name FROM sqlite_master WHERE type = 'trigger'", database)
        defer { triggers.reset() }
        while try triggers.step() {
            if !names.contains(triggers.text(0) ?? "") { return false }
        }
        return true
    }

    private static let names = Set(CountTriggers.names + [QueueSchema.orderTrigger])

    private static func set(_ database: Database, isOn: Bool) throws {
        guard let connection = database.sqliteConnection else { return }
        let code = sqlite_settings_triggers(connection, isOn ? 1 : 0)
        guard code == 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}
