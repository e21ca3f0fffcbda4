import HTTPHandling
import ScheduleStore

/// Contacts to be enrolled in a campaign instance, as a client sends them.
struct CampaignTriggerBody {
    /// A contact to be enrolled.
    struct Enrolment {
        var contact: ContactReference
        /// `YYYY-MM-DD`; nil for the instance's start.
        var triggerDate: String?
    }

    /// The contacts, in the order in which they were sent.
    private(set) var enrolments: [Enrolment] = []

    /// Reads a body.
    ///
    /// - Throws: 422 with every mistake.
    init(_ fields: inout JSONObjectReader) throws(HTTPProblem) {
        let elements = fields.array("contacts")
        for (index, element) in (elements ?? []).enumerated() {
            let pointer = Self.pointer(index)
            guard case .object(let members) = element else {
                fields.refuse(pointer, "invalid_type", "Expected an object, found \(element.kind).")
                continue
            }
            var contact = JSONObjectReader(members: members)
            do throws(HTTPProblem) {
                enrolments.append(try Self.enrolment(&contact))
            } catch {
                fields.refuse(error.errors, under: pointer)
            }
        }
        if elements?.isEmpty ?? !fields.hasProblems {
            fields.refuse("contacts", "required", "Expected at least one contact.")
        }
        try fields.finish()
    }

    /// The targets that the body asks for.
    ///
    /// - Throws: 422 with every contact that there is not.
    func targets(
        ofInstance id: Int64, in store: any OrganizationStore
    ) async throws -> [TargetDraft] {
        let contactIDs = try await store.contactIDs(of: enrolments.map(\.contact))
        var unknown: [HTTPProblem.Entry] = []
        var drafts: [TargetDraft] = []
        for (index, (enrolment, contactID)) in zip(enrolments, contactIDs).enumerated() {
            guard let contactID else {
                let pointer = Self.pointer(index).member(enrolment.contact.field)
                unknown.append(
                    HTTPProblem.Entry(
                        pointer: pointer.description, code: "unknown_record",
                        detail: "There is no such contact."))
                continue
            }
            var draft = TargetDraft(contactID: contactID, campaignInstanceID: id)
            draft.triggerDate = enrolment.triggerDate
            drafts.append(draft)
        }
        if !unknown.isEmpty { throw HTTPProblem.invalidBody(unknown) }
        return drafts
    }

    private static func enrolment(_ fields: inout JSONObjectReader) throws(HTTPProblem) -> Enrolment {
        let id = fields.positiveInteger("id")
        let externalID = fields.trimmed("external_id")
        let email = fields.trimmed("email")
        let names = ["id", "external_id", "email"].filter { fields.has($0) }
        if names.count != 1 {
            fields.refuse(
                JSONPointer.root, "one_of", "Expected one of id, external_id and email, and only one.")
        }
        let date = fields.dateText("trigger_date")
        let contact =
            id.map(ContactReference.id) ?? externalID.map(ContactReference.externalID)
            ?? email.map(ContactReference.email)
        if let name = names.first, names.count == 1, contact == nil, fields.isNullOrBlank(name) {
            fields.refuse(name, "invalid_value", "The value is empty.")
        }
        try fields.finish()
        guard let contact else { throw .invalidBody([]) }
        return Enrolment(contact: contact, triggerDate: date)
    }

    private static func pointer(_ index: Int) -> JSONPointer {
        JSONPointer.root.member("contacts").element(index)
    }
}

extension ContactReference {
    /// The field that names the contact.
    fileprivate var field: String {
        switch self {
        case .id: "id"
        case .externalID: "external_id"
        case .email: "email"
        }
    }
}
