import Dispatch
import Foundation
import Glibc
public import ScheduleStore
import SchedulingCore
import Synchronization

/// The backups of a service's files in one directory: `<data>/backups/<organisation>-<time>.sqlite3`, and
/// `service-<time>.sqlite3` for its own store.
public final class SQLiteBackups: BackupStore {
    private let data: String
    private let directory: String
    private let retention_days: Int
    private let options: StoreOptions
    /// Where the backups of each organisation are made, one after the other.
    private let queues = Mutex<[String: DispatchQueue]>([:])

    /// The backups of the files in a data directory.
    ///
    /// - Parameter retention_days: How long they are kept at least.
    public init(dataDirectory: String, retention_days: Int, options: StoreOptions = StoreOptions()) {
        data = dataDirectory
        directory = "\(dataDirectory)/backups"
        self.retention_days = retention_days
        self.options = options
    }

    /// Makes a backup of an organisation's store and one of the service's own, then removes those whose time is
    /// over.
    public func backUp(organizationID: String, now: String) async throws -> BackupRecord {
        guard OrganizationRecord.isValidID(organizationID) else {
            throw StoreError(.notFound, operation: "back up", cause: "no organisation has this id")
        }
        let name = try await make(organizationID, now)
        if access("\(data)/service.sqlite3", F_OK) == 0 { _ = try await make("service", now) }
        try await removeExpired(now: now)
        return record(name)
    }

    /// The backups of an organisation, newest first, behind a cursor, which is a name.
    public func backups(
        organizationID: String, since: String, before: String?, limit: Int
    ) async throws -> Page<BackupRecord, String> {
        let cursor = before.flatMap(BackupName.init(fileName:))
        return try await onQueue("") { [self] in
            let names = try names().filter { name in
                if let cursor, name >= cursor { return false }
                return name.organizationID == organizationID && name.createdAt >= since
            }
            return Page(reading: names.prefix(limit + 1).map(record), limit: limit) { $0.name }
        }
    }

    /// Removes backups that are older than the service keeps them, except the newest one of each store that exists.
    @discardableResult
    public func removeExpired(now: String) async throws -> [String] {
        guard let today = CivilDate(String(now.prefix(10))) else { return [] }
        return try await onQueue("") { [self] in
            var newest: Set<String> = []
            var removed: [String] = []
            for name in try names() {
                let isNewest = newest.insert(name.organizationID).inserted
                if isNewest, access("\(data)/\(name.organizationID).sqlite3", F_OK) == 0 { continue }
                guard let day = CivilDate(String(name.createdAt.prefix(10))),
                    Int(today.dayNumber) - Int(day.dayNumber) > retention_days
                else { continue }
                StoreCopy.removeFile("\(directory)/\(name.fileName)")
                removed.append(name.fileName)
            }
            return removed
        }
    }

    /// Removes what a process that died has left unfinished. To be called while nobody makes a backup.
    public func removeUnfinished() async throws {
        try await onQueue("") { [self] in
            for file in try files() where file.hasSuffix(StoreCopy.unfinishedSuffix) {
                let name = String(file.dropLast(StoreCopy.unfinishedSuffix.count))
                if BackupName(fileName: name) != nil { StoreCopy.removeFile("\(directory)/\(file)") }
            }
        }
    }

    // MARK: Files

    private func make(_ id: String, _ now: String) async throws -> BackupName {
        try await onQueue(id) { [self] in
            guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
                throw StoreCopy.systemError("make the directory of backups", directory)
            }
            var number = 1
            while let name = BackupName(organizationID: id, now: now, number: number) {
                let target = "\(directory)/\(name.fileName)"
                if access(target, F_OK) != 0 {
                    try StoreCopy.make(of: "\(data)/\(id).sqlite3", at: target, options: options)
                    return name
                }
                number += 1
            }
            throw StoreError(
                .internalFailure, operation: "back up", path: directory, cause: "'\(now)' is no time")
        }
    }

    /// Names of our files, newest first.
    private func names() throws -> [BackupName] {
        try files().compactMap(BackupName.init(fileName:)).sorted(by: >)
    }

    private func files() throws -> [String] {
        guard access(directory, F_OK) == 0 else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: directory)
    }

    private func record(_ name: BackupName) -> BackupRecord {
        BackupRecord(
            name: name.fileName, createdAt: name.createdAt,
            size_bytes: StoreFiles.size("\(directory)/\(name.fileName)") ?? 0)
    }

    private func onQueue<Value: Sendable>(
        _ id: String, _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let queue = queues.withLock { queues in
            if let queue = queues[id] { return queue }
            let queue = DispatchQueue(label: "ScheduleStore.backups", target: .global(qos: .utility))
            queues[id] = queue
            return queue
        }
        let directory = directory
        return try await withCheckedThrowingContinuation { done in
            queue.async {
                done.resume(with: Result { try storing("back up", path: directory, work) })
            }
        }
    }
}
