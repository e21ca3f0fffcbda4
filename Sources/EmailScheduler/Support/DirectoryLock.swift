import Glibc

/// Keeps a second process from working on the data directory of a service. The lock ends with the process, however it
/// ends.
struct DirectoryLock: ~Copyable {
    /// The file in the directory that is locked.
    static let name = "service.lock"
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Locks a directory for this process.
    static func acquire(directory: String) throws(CommandFailure) -> DirectoryLock {
        let path = "\(directory)/\(name)"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure("\(path): cannot be opened: \(FileBytes.systemError())")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw CommandFailure(
                "\(directory): a running service uses this directory, or another command does")
        }
        return DirectoryLock(descriptor: descriptor)
    }

    /// Locks the directory of a file if it belongs to a service; nil if it does not.
    static func acquire(besideFile path: String) throws(CommandFailure) -> DirectoryLock? {
        let directory =
            path.contains("/")
            ? path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            : "."
        let place = directory.isEmpty ? "/" : directory
        guard access("\(place)/\(name)", F_OK) == 0 else { return nil }
        return try acquire(directory: place)
    }
}
