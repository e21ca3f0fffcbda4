import ScheduleStore

extension OrganizationRecord {
    /// Writes the organisation.
    func write(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("name", name)
        writer.member("time_zone", timeZone)
        writer.member("paused", isPaused)
        writer.member("created_at", instant: createdAt)
    }
}

extension BackupRecord {
    /// Writes the backup.
    func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        writer.member("created_at", instant: createdAt)
        writer.member("size_bytes", size_bytes)
    }
}

extension TokenRecord {
    /// Writes the token, without its secret.
    func write(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("name", draft.name)
        writer.member("scopes") { writer in
            let scopes = Scope.allCases.filter(draft.scopes.contains)
            writer.array(scopes) { $0.value($1.rawValue) }
        }
        writer.member("created_at", instant: draft.createdAt)
        writer.member("last_used_at", instant: lastUsedAt)
    }
}

extension SuppressionRecord {
    /// Writes the columns.
    func write(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("contact_id", contactID)
        writer.member("channel", channel)
        writer.member("reason", reason)
        writer.member("source", source)
        writer.member("created_at", instant: createdAt)
    }
}

extension ImportRecord {
    /// Writes what was counted.
    func writeCounts(to writer: inout JSONWriter) {
        writer.member("import_id", id)
        writer.member("state", state.rawValue)
        writer.member("received", received)
        writer.member("created", created)
        writer.member("updated", updated)
        writer.member("unchanged", unchanged)
        writer.member("rejected", rejected)
        writer.member("warnings", counts: warnings)
    }

    /// Writes the import.
    func write(to writer: inout JSONWriter) {
        writeCounts(to: &writer)
        writer.member("created_at", instant: createdAt)
        writer.member("finished_at", instant: finishedAt)
        writer.member("error", error)
    }
}

extension ImportReject {
    /// Writes what was wrong with the row.
    func write(to writer: inout JSONWriter) {
        writer.member("row", row)
        writer.member("field", field)
        writer.member("code", code)
        writer.member("value", value)
    }
}
