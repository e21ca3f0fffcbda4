import GRDB

/// The page cache of a connection that writes: large while a run or an import writes very many rows, small else.
///
/// Each transaction with very many rows asks for the large one anew. So whoever ends a run or an import need not know
/// what else goes on when it gives the memory back.
enum WriterCache {
    /// Makes room for the pages that very many rows are put in.
    static func enlarge(_ database: Database, _ options: StoreOptions) throws {
        try set(options.bulkCache_KiB, database)
    }

    /// Gives back what is not needed for single rows.
    static func reduce(_ database: Database, _ options: StoreOptions) throws {
        try set(options.writerCache_KiB, database)
    }

    private static func set(_ size_KiB: Int, _ database: Database) throws {
        try database.execute(sql: "PRAGMA cache_size = -\(size_KiB)")
    }
}
