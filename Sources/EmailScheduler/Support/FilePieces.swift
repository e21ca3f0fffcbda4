import Dispatch
import Glibc

/// A file, or standard input, piece by piece. Reading happens on a thread of its own, only when a piece is
/// asked for.
struct FilePieces: AsyncSequence, Sendable {
    /// A piece of the file, never empty.
    typealias Element = [UInt8]

    private static let pieceBytes = 256 * 1024
    private static let queue = DispatchQueue(label: "file-pieces", target: .global())

    /// The name in messages.
    let name: String
    private let descriptor: Int32
    private let first: [UInt8]

    /// Opens a file.
    ///
    /// - Parameter path: The file; `-` for standard input.
    init(path: String) async throws {
        name = path == "-" ? "standard input" : path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure("\(path): cannot be read: \(FileBytes.systemError())")
        }
        first = try await Self.read(descriptor, name)
    }

    /// The beginning of the file, empty where the file is.
    var beginning: [UInt8] { first }

    func makeAsyncIterator() -> Iterator { Iterator(pieces: self, next: first) }

    private static func read(_ descriptor: Int32, _ name: String) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                var count = 0
                var code: Int32 = 0
                let bytes = [UInt8](unsafeUninitializedCapacity: pieceBytes) { buffer, initialized in
                    repeat {
                        count = Glibc.read(descriptor, buffer.baseAddress, pieceBytes)
                        code = errno
                    } while count < 0 && code == EINTR
                    initialized = Swift.max(0, count)
                }
                if count < 0 {
                    continuation.resume(
                        throwing: CommandFailure(
                            "\(name): cannot be read: \(String(cString: strerror(code)))"))
                } else {
                    continuation.resume(returning: bytes)
                }
            }
        }
    }

    /// Reads one piece a step.
    struct Iterator: AsyncIteratorProtocol {
        let pieces: FilePieces
        var next: [UInt8]?

        mutating func next() async throws -> [UInt8]? {
            let piece: [UInt8]
            if let next {
                piece = next
            } else {
                piece = try await FilePieces.read(pieces.descriptor, pieces.name)
            }
            next = nil
            return piece.isEmpty ? nil : piece
        }
    }
}
