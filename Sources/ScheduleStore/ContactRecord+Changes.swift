extension ContactRecord {
    /// Names of the columns in which this contact differs from another one.
    package func columns(differingFrom other: ContactRecord) -> [String] {
        let columns: [(String, KeyPath<ContactRecord, String?>)] = [
            ("external_id", \.externalID), ("first_name", \.firstName), ("last_name", \.lastName),
            ("email", \.email), ("zip_code", \.zipCode), ("state", \.state), ("birth_date", \.birthDate),
            ("effective_date", \.effectiveDate), ("phone_number", \.phoneNumber),
        ]
        return columns.filter { self[keyPath: $0.1] != other[keyPath: $0.1] }.map(\.0)
    }
}
