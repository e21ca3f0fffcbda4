/// Takes a UTF-8 byte order mark off the beginning of a stream, however the stream is cut into pieces.
struct ByteOrderMark: Sendable {
    private var held: [UInt8]? = []

    /// The bytes of the stream that are known after another piece; nil while they are too few to tell.
    mutating func strip(_ piece: [UInt8]) throws(ImportFileError) -> [UInt8]? {
        guard let held else { return piece }
        let start = held + piece
        if start.count < 3 {
            self.held = start
            return nil
        }
        return try begin(start)
    }

    /// The bytes still held back when the stream ends.
    mutating func finish() throws(ImportFileError) -> [UInt8] {
        guard let held else { return [] }
        return try begin(held)
    }

    private mutating func begin(_ start: [UInt8]) throws(ImportFileError) -> [UInt8] {
        held = nil
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            throw ImportFileError(.notUTF8, "The file is UTF-16; save it as UTF-8.")
        }
        return start.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(start.dropFirst(3)) : start
    }
}
