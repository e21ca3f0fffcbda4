/// Why a command cannot go on: what is shown to its user, on standard error, before the program ends with
/// exit code 1.
package struct CommandFailure: Error, CustomStringConvertible {
    /// One line a mistake, with its place.
    package let description: String

    /// A failure.
    init(_ description: String) { self.description = description }

    /// Calls `body` and turns whatever it throws into a failure, unless it is one.
    static func wrapping<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure("\(error)")
        }
    }
}
