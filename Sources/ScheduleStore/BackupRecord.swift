/// A backup of an organisation's store.
public struct BackupRecord: Hashable, Sendable {
    /// Name of the file: the organisation's id and the time, so that it is there once.
    public var name: String
    /// When it was made.
    public var createdAt: String
    /// Its length.
    public var size_bytes: Int64

    /// A backup.
    public init(name: String, createdAt: String, size_bytes: Int64) {
        self.name = name
        self.createdAt = createdAt
        self.size_bytes = size_bytes
    }
}
