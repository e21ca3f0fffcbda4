import HTTPHandling
import ScheduleStore

/// Stores many targets, batch by batch, and counts what became of them.
struct TargetIntake: Sendable {
    /// Rows that are stored in one transaction.
    static let batchRows = 10_000
    /// Refused rows that the answer lists.
    static let listedErrors = 100

    private let store: any OrganizationStore
    private var received = 0
    private var counts = TargetBatchOutcome()
    private var rejected = 0
    private var errors: [ImportReject] = []

    init(store: any OrganizationStore) { self.store = store }

    /// Reads rows to the end of a body, and judges and stores them.
    mutating func take(_ body: RequestBody, isCSV: Bool) async throws {
        var reader = TargetRows(isCSV: isCSV)
        var rows: [TargetRows.Row] = []
        for try await piece in body {
            try reader.feed(piece, to: &rows)
            guard rows.count >= Self.batchRows else { continue }
            try await take(rows)
            rows.removeAll(keepingCapacity: true)
        }
        try reader.finish(to: &rows)
        try await take(rows)
    }

    /// Judges and stores rows that follow those before.
    mutating func take(_ rows: [TargetRows.Row]) async throws {
        var drafts: [TargetDraft] = []
        var numbers: [Int] = []
        var found: [ImportReject] = []
        for row in rows {
            received += 1
            switch judge(row) {
            case .success(let draft):
                drafts.append(draft)
                numbers.append(received)
            case .failure(let reject): found.append(reject.reject)
            }
        }
        let outcome = try await store.storeTargets(drafts)
        counts.created += outcome.created
        counts.updated += outcome.updated
        counts.unchanged += outcome.unchanged
        found += outcome.rejects.map { reject in
            let draft = drafts[reject.index]
            let id = reject.field == "contact_id" ? draft.contactID : draft.campaignInstanceID
            return ImportReject(
                row: numbers[reject.index], field: reject.field, code: "unknown_record", value: "\(id)",
                columns: [])
        }
        rejected += found.count
        errors += found.sorted { $0.row < $1.row }.prefix(Self.listedErrors - errors.count)
    }

    /// Writes what was counted.
    func write(to writer: inout JSONWriter) {
        writer.member("received", received)
        writer.member("created", counts.created)
        writer.member("updated", counts.updated)
        writer.member("unchanged", counts.unchanged)
        writer.member("rejected", rejected)
        writer.member("errors") { writer in
            writer.array(errors) { writer, reject in writer.object(reject.write) }
        }
    }

    private struct Refusal: Error { let reject: ImportReject }

    /// The target of a row, or the first thing that is wrong with it.
    private func judge(_ row: TargetRows.Row) -> Result<TargetDraft, Refusal> {
        func refuse(_ field: String?, _ code: String, _ value: String?) -> Result<TargetDraft, Refusal> {
            let reject = ImportReject(row: received, field: field, code: code, value: value, columns: [])
            return .failure(Refusal(reject: reject))
        }
        switch row {
        case .malformed(let text): return refuse(nil, "malformed_row", text)
        case .members(let members):
            var fields = JSONObjectReader(members: members)
            do throws(HTTPProblem) {
                return .success(try TargetDraft(&fields))
            } catch {
                guard let mistake = error.errors.first else { return refuse(nil, "malformed_row", nil) }
                let member = members.first { JSONPointer.root.member($0.name).description == mistake.pointer }
                return refuse(
                    member?.name ?? String(mistake.pointer.dropFirst()), mistake.code,
                    member.map { Self.text(of: $0.value) })
            }
        }
    }

    /// The beginning of a value.
    private static func text(of value: JSONValue) -> String {
        if case .string(let text) = value { return String(text.prefix(100)) }
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.bytes.prefix(100), as: UTF8.self)
    }
}
