public import ScheduleStore

extension ContactDraft {
    /// The contact of an import as it is to be stored: columns that the file does not have stay as they are.
    public init(_ contact: ImportedContact) {
        self.init(id: contact.id, given: [])
        externalID = contact.externalID
        firstName = contact.firstName
        lastName = contact.lastName
        email = contact.email
        zipCode = contact.zipCode
        state = contact.state
        birthDate = contact.birthDate
        effectiveDate = contact.effectiveDate
        phoneNumber = contact.phoneNumber
        let fields: [(ImportColumn, ContactFields)] = [
            (.externalID, .externalID), (.firstName, .firstName), (.lastName, .lastName), (.email, .email),
            (.zipCode, .zipCode), (.state, .state), (.birthDate, .birthDate),
            (.effectiveDate, .effectiveDate), (.phoneNumber, .phoneNumber),
        ]
        for (column, field) in fields where contact.columns.contains(column) { given.insert(field) }
    }
}

extension ImportReject {
    /// A refusal as it is stored, with the row's text in the order of the import's columns.
    init(_ rejection: ImportRejection, columns: [ImportColumn]) {
        let texts = columns.map { column -> String in
            let index = Int(column.rawValue)
            return rejection.columns.indices.contains(index) ? rejection.columns[index] ?? "" : ""
        }
        self.init(
            row: rejection.row, field: rejection.field, code: rejection.code.rawValue, value: rejection.value,
            columns: texts)
    }
}
