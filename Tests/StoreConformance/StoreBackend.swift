public import ScheduleStore

/// What a back end offers to be put to the test. Every store it opens lies in a place of its own.
public protocol StoreBackend: Sendable {
    /// Opens an organisation's store, empty at first. The same name gives the same place again.
    func openOrganization(_ name: String) async throws -> any OrganizationStore
    /// Opens the service's store, empty at first.
    func openService() async throws -> any ServiceStore
    /// Adds a row to a table of an organisation's closed or open store, as another program would do it.
    func insert(_ row: [String: SeedValue], into table: String, ofOrganization name: String) async throws
}

/// A value of a row that another program has put there.
public enum SeedValue: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByNilLiteral
{
    /// A whole number.
    case number(Int64)
    /// A text.
    case text(String)
    /// Null.
    case null

    /// A number.
    public init(integerLiteral value: Int64) { self = .number(value) }
    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// Null.
    public init(nilLiteral: ()) { self = .null }
}
