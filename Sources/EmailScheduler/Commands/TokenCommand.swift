import ArgumentParser
import ScheduleAPI
import ScheduleStore
import ScheduleStoreSQLite

/// `token`: access tokens.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Makes access tokens.", subcommands: [Create.self])

    /// `token create`: makes an access token and prints its secret, once.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an access token and prints it; it is shown only now.",
            discussion: "A running service accepts it at once.")

        @Option(help: "The service's data directory.")
        var dataDir: String

        @Option(help: "The organisation that it opens; all, unless given.")
        var org: String?

        @Option(help: "A name to know it by.")
        var name: String

        @Option(parsing: .upToNextOption, help: "What it allows: \(Self.scopeNames).")
        var scopes: [String] = ["admin"]

        private static let scopeNames = TokenRecord.Scope.allCases.map(\.rawValue).joined(separator: ", ")

        func validate() throws {
            for scope in scopes where TokenRecord.Scope(rawValue: scope) == nil {
                throw ValidationError("--scopes: “\(scope)” is none of \(Self.scopeNames).")
            }
        }

        func run() async throws {
            try await CommandFailure.wrapping {
                let store = try SQLiteServiceStore(path: "\(dataDir)/service.sqlite3")
                if let org, try await store.organization(id: org) == nil {
                    throw CommandFailure("--org: there is no organisation “\(org)”")
                }
                let secret = TokenSecret(randomBytes: Composition.randomBytes(TokenSecret.randomByteCount))
                _ = try await store.insertToken(
                    TokenDraft(
                        organizationID: org, name: name,
                        scopes: Set(scopes.compactMap(TokenRecord.Scope.init(rawValue:))), hash: secret.hash,
                        createdAt: Composition.now()))
                try await store.close()
                try Output.line(secret.text)
            }
        }
    }
}
