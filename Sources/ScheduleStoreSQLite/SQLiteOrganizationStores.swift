import Dispatch
import Foundation
public import ScheduleStore
import Synchronization

/// The organisations' files in one directory: `<directory>/<id>.sqlite3`.
public final class SQLiteOrganizationStores: OrganizationStores {
    private let directory: String
    private let options: StoreOptions
    private let opened = Mutex<[String: SQLiteOrganizationStore]>([:])
    /// Stores that could not be opened, and why.
    private let unopened = Mutex<[String: StoreError.Code]>([:])

    /// The files in a directory, which exists.
    public init(directory: String, options: StoreOptions = StoreOptions()) {
        self.directory = directory
        self.options = options
    }

    /// The file of an organisation.
    public func path(ofOrganization id: String) -> String { "\(directory)/\(id).sqlite3" }

    /// The store of an organisation, made if there is none yet. Whether the organisation exists is the
    /// service store's to say.
    public func store(ofOrganization id: String) async throws -> any OrganizationStore {
        if let store = opened.withLock({ $0[id] }) { return store }
        guard OrganizationRecord.isValidID(id) else {
            throw StoreError(
                .cannotOpen, operation: "open the store of an organisation",
                cause: "'\(id)' is no id for one",
                hint: "use 1 to 64 of a-z, 0-9, _ and -, but not 'service'")
        }
        return try await onFileQueue { try self.open(id) }
    }

    /// Closes an organisation's store and removes it with everything in it.
    public func removeStore(ofOrganization id: String) async throws {
        guard OrganizationRecord.isValidID(id) else { return }
        try await onFileQueue {
            self.unopened.withLock { $0[id] = nil }
            try self.opened.withLock { $0.removeValue(forKey: id) }?.closeFile()
            for suffix in ["", "-wal", "-shm"] {
                let path = self.path(ofOrganization: id) + suffix
                if FileManager.default.fileExists(atPath: path) {
                    try FileManager.default.removeItem(atPath: path)
                }
            }
        }
    }

    /// Closes every store.
    public func close() async throws {
        try await onFileQueue {
            let stores = self.opened.withLock { stores in
                defer { stores = [:] }
                return Array(stores.values)
            }
            for store in stores { try store.closeFile() }
        }
    }

    /// Has every store give back the memory that it keeps only to save time, as soon as nobody is at it: pages read and
    /// statements prepared, which come back within milliseconds where somebody needs them. To be called from time to
    /// time.
    public func releaseMemory() {
        for store in opened.withLock({ Array($0.values) }) { store.releaseMemory() }
    }

    /// Opens on the one queue for files, so that no file is opened twice.
    private func open(_ id: String) throws -> SQLiteOrganizationStore {
        if let store = opened.withLock({ $0[id] }) { return store }
        do {
            let path = path(ofOrganization: id)
            // SQLite would open it all the same, and what it makes beside it would be read-only for good.
            try StoreFile.requireWritable(path)
            let store = try SQLiteOrganizationStore(path: path, options: options)
            opened.withLock { $0[id] = store }
            unopened.withLock { $0[id] = nil }
            return store
        } catch {
            unopened.withLock { $0[id] = (error as? StoreError)?.code ?? .internalFailure }
            throw error
        }
    }

    /// Organisations whose store could not be opened or written when that was last tried, and why.
    public var troubles: [String: StoreError.Code] {
        var troubles = unopened.withLock { $0 }
        for (id, store) in opened.withLock({ $0 }) { troubles[id] = store.trouble }
        return troubles
    }

    /// Tries whether stores can be opened and written again that could not.
    public func retryTroubled() async {
        for id in troubles.keys.sorted() {
            // What comes of it is noted where it happens.
            guard let store = try? await store(ofOrganization: id) as? SQLiteOrganizationStore else {
                continue
            }
            await store.retryIfTroubled()
        }
    }

    private func onFileQueue<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let directory = directory
        return try await FileQueue.run {
            try storing("open or close files", path: directory, body)
        }
    }
}
