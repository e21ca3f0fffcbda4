import Foundation

/// A directory that goes when its owner goes.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let root = FileManager.default.temporaryDirectory
        let url = root.appendingPathComponent("schedule-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The names of the files in it, in order.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
