import GRDB
import Hummingbird

/// Contacts one by one as a service of Hummingbird and GRDB would offer them, with Codable on either side.
struct ContactAnswers {
    private struct Contact: Codable, FetchableRecord, MutablePersistableRecord, ResponseEncodable {
        static let databaseTableName = "contacts"

        var id: Int64?
        var firstName: String?
        var lastName: String?
        var email: String
        var zipCode: String?
        var state: String?
        var birthDate: String?
        var effectiveDate: String?
        var phoneNumber: String?

        enum CodingKeys: String, CodingKey {
            case id, email, state
            case firstName = "first_name"
            case lastName = "last_name"
            case zipCode = "zip_code"
            case birthDate = "birth_date"
            case effectiveDate = "effective_date"
            case phoneNumber = "phone_number"
        }

        mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }
    }

    private let pool: DatabasePool

    /// Opens a database as durable as the service's own.
    init(path: String) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        pool = try DatabasePool(path: path, configuration: configuration)
    }

    /// Adds the routes.
    func add(to router: Router<BasicRequestContext>) {
        let pool = pool
        router.get("/v1/orgs/speed/contacts/:id") { _, context in
            let id = try context.parameters.require("id", as: Int64.self)
            guard let contact = try await pool.read({ try Contact.fetchOne($0, key: id) }) else {
                throw HTTPError(.notFound)
            }
            return contact
        }
        router.post("/v1/orgs/speed/contacts") { request, context in
            let sent = try await request.decode(as: Contact.self, context: context)
            let added = try await pool.write { try sent.inserted($0) }
            return EditedResponse(status: .created, response: added)
        }
    }
}
