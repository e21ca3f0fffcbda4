import ScheduleStore

extension ContactRecord {
    /// Writes the columns.
    func write(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("external_id", externalID)
        writer.member("first_name", firstName)
        writer.member("last_name", lastName)
        writer.member("email", email)
        writer.member("zip_code", zipCode)
        writer.member("state", state)
        writer.member("birth_date", birthDate)
        writer.member("effective_date", effectiveDate)
        writer.member("phone_number", phoneNumber)
    }
}
