import Foundation
import Glibc

/// Whole files, and what goes wrong with them in words.
enum FileBytes {
    /// All bytes of a file.
    static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw CommandFailure("\(path): cannot be read: \(reason(path))")
        }
    }

    /// Makes a file that only its owner can read, in one step: whoever looks sees all of it or the old one.
    static func writeSecret(_ text: String, to path: String) throws(CommandFailure) {
        let unfinished = path + ".unfinished"
        unlink(unfinished)
        let file = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CommandFailure("\(path): cannot be written: \(systemError())") }
        let bytes = Array(text.utf8)
        let isWritten = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        close(file)
        guard isWritten, rename(unfinished, path) == 0 else {
            throw CommandFailure("\(path): cannot be written: \(systemError())")
        }
    }

    /// The words for the last failed system call.
    static func systemError() -> String { String(cString: strerror(errno)) }

    private static func reason(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return systemError() }
        defer { close(file) }
        var byte: UInt8 = 0
        return Glibc.read(file, &byte, 1) < 0 ? systemError() : "the file is too large"
    }
}
