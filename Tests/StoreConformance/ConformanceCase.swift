public import Testing

/// One behaviour that every back end must show, with a name that says it.
public struct ConformanceCase: Sendable, CustomTestStringConvertible {
    /// The behaviour, as a sentence.
    public let name: String
    let body: @Sendable (any StoreBackend) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (any StoreBackend) async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Puts a back end that holds nothing yet to the test.
    public func run(on backend: any StoreBackend) async throws { try await body(backend) }

    /// The behaviour, as a sentence.
    public var testDescription: String { name }

    /// Every behaviour.
    public static let all: [ConformanceCase] =
        contacts + companions + answers + configurations + suppressions + campaigns + imports + runs + queue
        + reading
        + applying
        + schedules + claims + delivery + metrics + history + service
}
