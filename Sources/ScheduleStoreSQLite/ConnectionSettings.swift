import CSQLiteSettings
import Dispatch
import GRDB
import ScheduleStore

/// The settings of every connection to a store file.
enum ConnectionSettings {
    /// For a pool whose first connection writes.
    ///
    /// 1. Foreign keys are off: an adopted file may declare some that its own data breaks, or that name no key.
    /// 2. Work is targeted at the global queue: a private queue of each connection would grow threads.
    /// 3. A freed page is overwritten only where that costs no I/O.
    static func pool(_ options: StoreOptions) -> Configuration {
        _ = library
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.label = "ScheduleStore"
        let timeout = Double(options.busyTimeout_ms) / 1000
        configuration.busyMode = .timeout(timeout)
        configuration.maximumReaderCount = options.readers
        configuration.persistentReadOnlyConnections = true
        configuration.targetQueue = .global(qos: .userInitiated)
        configuration.writeTargetQueue = .global(qos: .userInitiated)
        let (readerCache, writerCache) = (options.readerCache_KiB, options.writerCache_KiB)
        let checkpointAfter = options.checkpointAfter_pages
        configuration.prepareDatabase { database in
            let isReader = database.configuration.readonly
            try database.execute(
                sql: """
                    PRAGMA cache_size = -\(isReader ? readerCache : writerCache);
                    PRAGMA temp_store = MEMORY;
                    PRAGMA secure_delete = FAST;
                    """)
            if !isReader {
                try database.execute(
                    sql: """
                        PRAGMA wal_autocheckpoint = \(checkpointAfter);
                        PRAGMA journal_size_limit = \(checkpointAfter * 4096);
                        """)
                try FeedTable.register(database)
            }
        }
        return configuration
    }

    /// For one connection that only reads, beside a pool.
    static func reader(_ options: StoreOptions) -> Configuration {
        var configuration = pool(options)
        configuration.readonly = true
        return configuration
    }

    /// For moving pages from the log into the file, beside a pool.
    static func keeper(_ options: StoreOptions) -> Configuration {
        var configuration = foreign(options)
        configuration.label = "ScheduleStore.LogKeeper"
        configuration.targetQueue = .global(qos: .utility)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA cache_size = -64; PRAGMA wal_autocheckpoint = 0")
        }
        return configuration
    }

    /// For looking at a file that may not be ours: nothing of it is changed.
    static func foreign(_ options: StoreOptions) -> Configuration {
        _ = library
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(Double(options.busyTimeout_ms) / 1000)
        return configuration
    }

    /// For writing a copy that nobody has seen yet: what is left half done by a crash is removed, and the caller
    /// waits for the disk once, at the end.
    static func copy(_ options: StoreOptions) -> Configuration {
        var configuration = foreign(options)
        configuration.targetQueue = .global(qos: .utility)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2048")
        }
        return configuration
    }

    /// Done once, before the first connection: nobody asks how much memory the library has taken, and counting it
    /// takes a lock at every allocation, some 25 of them for each row that is inserted.
    private static let withoutMemoryStatistics = sqlite_settings_without_memory_statistics()

    /// Done once, before the first connection.
    private static let library: Void = {
        _ = withoutMemoryStatistics
        _ = SteadyWriting.isOn
    }()

    /// The pragma that gives the durability asked for; the log's own default is not enough for `full`.
    static func synchronous(_ durability: Durability) -> String {
        switch durability {
        case .normal: "PRAGMA synchronous = NORMAL"
        case .full: "PRAGMA synchronous = FULL"
        }
    }
}
