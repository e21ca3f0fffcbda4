import HTTPHandling
import HTTPTypes
import ScheduleStore

/// Rows of `email_schedules`.
enum ScheduleHandlers {
    /// `GET /v1/orgs/{org}/contacts/{id}/schedule`: in order of the scheduled date.
    static func ofContact(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let limit = query.limit()
        let cursor = query.integerCursor(of: .contactSchedule)
        try query.finish()
        let store = try await request.store()
        let contact = try await ContactHandlers.contact(request, store)
        var rows = try await store.schedules(ofContact: contact.id)
        if let cursor, let last = rows.firstIndex(where: { $0.id == cursor }) { rows.removeFirst(last + 1) }
        let page = Page(reading: rows, limit: limit, cursor: \.id)
        return .page(page, of: .contactSchedule) { $0.write(to: &$1) }
    }

    /// `GET /v1/orgs/{org}/email-schedules`: a page as JSON, or all rows as CSV or NDJSON.
    static func list(_ request: OrganizationRequest) async throws -> ServerResponse {
        var query = request.query
        let filter = filter(&query)
        let limit = query.limit()
        let cursor = query.integerCursor(of: .schedules)
        let type = try MediaType.ofAnswer(request.base.request, offered: [.json, .csv, .ndjson])
        if type != .json {
            for parameter in [QueryParameter].page where query.has(parameter) {
                query.refuse(parameter, "not_applicable", "Only JSON answers come in pages.")
            }
        }
        try query.finish()
        let store = try await request.store()
        var answer = ServerResponse(status: .ok)
        switch type {
        case .json:
            let page = try await store.schedules(filter, after: cursor, limit: limit)
            answer = .page(page, of: .schedules) { $0.write(to: &$1) }
        case .csv: answer.body = .stream { try await writeCSV(store.schedulePages(filter), to: $0) }
        case .ndjson: answer.body = .stream { try await writeLines(store.schedulePages(filter), to: $0) }
        }
        answer.fields[.contentType] = type.contentType
        answer.fields[.vary] = "Accept"
        return answer
    }

    private static func filter(_ query: inout QueryReader) -> ScheduleFilter {
        var filter = ScheduleFilter()
        filter.contactID = query.positiveInteger(.contactID)
        filter.emailType = query.text(.emailType)
        filter.status = query.text(.status)
        filter.from = query.date(.from)
        filter.to = query.date(.to)
        filter.campaignInstanceID = query.positiveInteger(.campaignInstanceID)
        filter.runID = query.positiveInteger(.runID)
        return filter
    }

    private static func writeCSV(_ pages: SchedulePages, to writer: any ResponseBodyWriter) async throws {
        var csv = CSVWriter(header: ScheduleColumn.names)
        for try await rows in pages {
            for row in rows { row.write(to: &csv) }
            try await writer.write(csv.take())
        }
        // An answer without rows still has its header.
        let rest = csv.take()
        if !rest.isEmpty { try await writer.write(rest) }
    }

    private static func writeLines(_ pages: SchedulePages, to writer: any ResponseBodyWriter) async throws {
        for try await rows in pages {
            var lines = JSONWriter(capacity: rows.count * 512)
            for row in rows {
                lines.object(row.write)
                lines.endLine()
            }
            try await writer.write(lines.bytes)
        }
    }
}
