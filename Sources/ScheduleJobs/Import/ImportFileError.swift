/// Why a file as a whole cannot be imported.
public struct ImportFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of file that cannot be read.
    public enum Code: String, CaseIterable, Sendable {
        /// Nothing in it: no header, no array.
        case emptyFile = "empty_file"
        /// Another encoding than UTF-8.
        case notUTF8 = "not_utf8"
        /// A CSV header that is malformed, has too many columns, or names no contact.
        case invalidHeader = "invalid_header"
        /// A CSV header that names one column twice.
        case duplicateColumn = "duplicate_column"
        /// JSON that is no array.
        case notAnArray = "not_an_array"
        /// The file ends inside an array.
        case unexpectedEnd = "unexpected_end"
        /// Something follows the end of the array.
        case trailingData = "trailing_data"
    }

    /// What kind of mistake.
    public let code: Code
    /// The mistake in words, for the sender of the file.
    public let detail: String

    init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// Code and words.
    public var description: String { "\(code.rawValue): \(detail)" }
}
