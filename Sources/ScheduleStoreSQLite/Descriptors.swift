import Glibc

/// The files that the process may open.
enum Descriptors {
    /// What to do when there are no more.
    static let hint = "end some connections, or raise the limit of open files (ulimit -n, LimitNOFILE)"

    /// What a connection opens: database, log and the index of the log.
    private static let ofConnection = 3

    /// Whether too few can be opened for a connection, at this moment. SQLite says only that it cannot open one.
    static var areExhausted: Bool {
        var opened: [CInt] = []
        defer { for file in opened { close(file) } }
        while opened.count < ofConnection {
            let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { return [EMFILE, ENFILE].contains(errno) }
            opened.append(file)
        }
        return false
    }
}
