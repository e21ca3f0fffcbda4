import Glibc

/// Writes to the program's streams, whole, past any buffer.
enum Output {
    /// Writes to standard output.
    static func write(_ bytes: [UInt8]) throws(CommandFailure) {
        try write(bytes, to: STDOUT_FILENO, "standard output")
    }

    /// Writes a line to standard output.
    static func line(_ text: String) throws(CommandFailure) { try write(Array((text + "\n").utf8)) }

    /// Writes a line to standard error; nobody can be told if that fails.
    static func note(_ text: String) {
        try? write(Array((text + "\n").utf8), to: STDERR_FILENO, "standard error")
    }

    /// Writes to standard error without ending the line.
    static func progress(_ text: String) { try? write(Array(text.utf8), to: STDERR_FILENO, "standard error") }

    /// Writes to a file.
    static func write(_ bytes: [UInt8], to descriptor: Int32, _ name: String) throws(CommandFailure) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandFailure("\(name): cannot be written: \(FileBytes.systemError())")
            }
            offset += count
        }
    }
}
