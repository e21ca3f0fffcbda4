import Foundation
import Testing

extension RunningService {
    /// The finding of a check of `/readyz` with its detail, and the answer's status.
    func readiness(_ name: String) throws -> (status: Int, finding: String) {
        Self.finding(name, in: try request("/readyz"))
    }

    /// The finding of a check in an answer of `/readyz`.
    static func finding(_ name: String, in answer: Answer) -> (status: Int, finding: String) {
        let checks = answer.json["checks"] as? [[String: Any]] ?? []
        let check = checks.first { $0["name"] as? String == name }
        return (answer.status, "\(check?["status"] ?? "missing") \(check?["detail"] ?? "")")
    }

    /// Adds a contact to an organisation.
    func addContact(_ organization: String) throws -> Answer {
        try request("/v1/orgs/\(organization)/contacts", "--json", #"{"email":"a@example.com"}"#)
    }

    /// Adds contacts until one is refused; tells with which status.
    func addContactsUntilRefused(_ organization: String) throws -> Int {
        for _ in 1...5000 {
            let status = try addContact(organization).status
            if status != 201 { return status }
        }
        throw Failure("nothing is refused")
    }
}
