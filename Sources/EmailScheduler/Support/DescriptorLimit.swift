import Glibc

/// How many files and sockets the process may have open at once.
enum DescriptorLimit {
    /// Descriptors that connections leave to the stores at least, or half of them where there are few: without one no
    /// answer can be given that needs a file.
    private static let reserved = 1024

    /// Raises the limit as far as the system lets the process: usual ones are for programs of another time.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// The limit as it is now.
    static var current: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .max }
        return Int(clamping: limit.rlim_cur)
    }

    /// Connections that may be open, of those wanted.
    static func connections(wanted: Int, descriptors: Int) -> Int {
        // The server keeps a sixteenth more for those that it refuses.
        let left = descriptors - min(reserved, descriptors / 2)
        return max(1, min(wanted, left - left / 16))
    }
}
