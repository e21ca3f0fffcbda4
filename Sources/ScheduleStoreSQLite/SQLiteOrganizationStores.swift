import Dispatch
import Foundation
public import ScheduleStore
import Synchronization

/// The organisations' files in one directory: `<directory>/<id>.sqlite3`.
public final class SQLiteOrganizationStores: OrganizationStores {
    private let directory: String
    private let options: StoreOptions
    private let opened = Mutex<[String: SQLiteOrganizationStore]>([:])

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

    /// Opens on the one queue for files, so that no file is opened twice.
    private func open(_ id: String) throws -> SQLiteOrganizationStore {
        if let store = opened.withLock({ $0[id] }) { return store }
        let store = try SQLiteOrganizationStore(path: path(ofOrganization: id), options: options)
        opened.withLock { $0[id] = store }
        return store
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
