/// What went wrong in a store: a closed code to decide by, and what an operator needs to act.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is. Match on this, never on the texts.
    public enum Code: Hashable, Sendable {
        /// The record does not exist.
        case notFound
        /// Another record already has this value in the named column.
        case conflict(field: String)
        /// The named column names a record that does not exist.
        case dangling(field: String)
        /// Somebody else held the store for longer than the busy timeout; trying again may help.
        case busy
        /// No space is left where the store lies.
        case full
        /// The store cannot be written: its permissions, its file system or a read-only flag.
        case readOnly
        /// The store's content is damaged, or it is no store at all.
        case corrupt
        /// The store cannot be opened: missing, a directory, or no permission.
        case cannotOpen
        /// The process may not open more files; trying again may help.
        case exhausted
        /// A value is refused by a rule of the schema.
        case constraint
        /// A record is in a state that does not allow the verb, such as completing a run that does not run.
        case wrongState
        /// The store was closed.
        case closed
        /// Anything else: reading or writing failed.
        case internalFailure
    }

    /// What kind of failure it is.
    public let code: Code
    /// What the store was doing, such as `import contacts`.
    public let operation: String
    /// The file, nil where it is none in particular.
    public let path: String?
    /// What was found, in the store's own words. Not for the public: it may quote data.
    public let cause: String
    /// What the operator can do about it, nil where nothing is known to help.
    public let hint: String?

    /// A failure.
    public init(
        _ code: Code, operation: String, path: String? = nil, cause: String, hint: String? = nil
    ) {
        self.code = code
        self.operation = operation
        self.path = path
        self.cause = cause
        self.hint = hint
    }

    /// One line for a log: operation, path, cause and hint.
    public var description: String {
        var text = "\(operation): \(cause)"
        if let path { text += " (\(path))" }
        if let hint { text += "; \(hint)" }
        return text
    }
}
