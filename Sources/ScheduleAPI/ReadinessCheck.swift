/// Something that is looked at before requests are sent here: a named check of `/readyz`.
public struct ReadinessCheck: Sendable {
    /// What a check finds; texts hold nothing secret, for everybody may read them.
    public enum Finding: Hashable, Sendable {
        /// All is well.
        case ok
        /// Somebody should look, but requests are answered as well as ever, or only some of them are not.
        case warning(String)
        /// Requests should not be sent here.
        case failed(String)

        /// The word for it.
        var word: String {
            switch self {
            case .ok: "ok"
            case .warning: "warning"
            case .failed: "failed"
            }
        }

        /// What was found; nil where all is well.
        var detail: String? {
            switch self {
            case .ok: nil
            case .warning(let text), .failed(let text): text
            }
        }
    }

    /// Its name, such as `database`.
    public let name: String
    /// Looks.
    public let look: @Sendable () async -> Finding

    /// A check.
    public init(name: String, look: @escaping @Sendable () async -> Finding) {
        self.name = name
        self.look = look
    }
}
