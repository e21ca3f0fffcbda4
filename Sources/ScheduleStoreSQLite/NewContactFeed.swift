import GRDBSQLite
import ScheduleStore

/// Contacts that are to be added: the rows of `FeedTable.newContacts`.
final class NewContactFeed: RowFeed {
    override var isAtEnd: Bool { position >= contacts.count }

    private let contacts: [ContactDraft]
    private var position = -1

    init(_ contacts: [ContactDraft]) { self.contacts = contacts }

    override func advance() { position += 1 }

    override func give(_ column: Int32, _ result: OpaquePointer?) {
        guard contacts.indices.contains(position) else { return }
        switch column {
        case 0: give(contacts[position].id, result)
        case 1: give(copying: ContactTable.text(contacts[position].externalID), result)
        case 2: give(copying: ContactTable.text(contacts[position].firstName), result)
        case 3: give(copying: ContactTable.text(contacts[position].lastName), result)
        case 4: give(copying: ContactTable.text(contacts[position].email), result)
        case 5: give(copying: ContactTable.text(contacts[position].zipCode), result)
        case 6: give(copying: ContactTable.text(contacts[position].state), result)
        case 7: give(copying: ContactTable.text(contacts[position].birthDate), result)
        case 8: give(copying: ContactTable.text(contacts[position].effectiveDate), result)
        case 9: give(copying: ContactTable.text(contacts[position].phoneNumber), result)
        default: break
        }
    }
}
