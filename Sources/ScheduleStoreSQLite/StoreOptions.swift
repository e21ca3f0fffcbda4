public import ScheduleStore

/// How a store file is opened. The defaults suit a service with millions of contacts on a small machine.
public struct StoreOptions: Sendable {
    /// What an acknowledged write survives.
    public var durability = Durability.normal
    /// How long a verb waits for another process that holds the file, before it throws `busy`.
    public var busyTimeout_ms = 5_000
    /// Connections that read at the same time; more readers wait in line.
    public var readers = 4
    /// Page cache of the writer, also while nobody writes: there are as many as organisations.
    public var writerCache_KiB = 4_096
    /// Page cache of the writer while a run or an import writes very many rows.
    public var bulkCache_KiB = 32_768
    /// Page cache of each reader.
    public var readerCache_KiB = 2_048
    /// Schedule rows that a run writes in one transaction at most, more or less. Where another verb of the
    /// same store waits to write, it is let in after some 1,000; another process has to wait.
    public var rowsPerTransaction = 40_000
    /// Pages that may wait in the log before they are moved into the file: 64 MiB.
    public var checkpointAfter_pages = 16_384

    /// The defaults.
    public init() {}
}
