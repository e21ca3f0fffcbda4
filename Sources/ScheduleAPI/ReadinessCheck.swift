/// Something that must hold before requests should be sent here: a named check of `/readyz`.
public struct ReadinessCheck: Sendable {
    /// Its name, such as `database`.
    public let name: String
    /// Says why it does not hold, without anything secret; nil where it does.
    public let failure: @Sendable () async -> String?

    /// A check.
    public init(name: String, failure: @escaping @Sendable () async -> String?) {
        self.name = name
        self.failure = failure
    }
}
