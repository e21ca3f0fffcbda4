public import ScheduleStore
public import SchedulingCore

/// Stores the contacts of a file as it comes in: decodes, judges row by row, and commits batch by batch, each
/// with the progress of the import's record. No more than two batches are in memory, and the sender of the
/// file waits while they are stored.
public struct ContactImporter: Sendable {
    /// Data rows that are stored in one transaction.
    static let batchRows = 10_000
    /// Rejected rows that the outcome lists.
    static let listedErrors = 100

    private let store: any OrganizationStore
    private let today: CivilDate
    private let now: @Sendable () -> String
    private let stored: @Sendable (Touched) async throws -> Void

    /// An importer into one organisation.
    ///
    /// - Parameters:
    ///   - today: Nobody is born after it (SPEC 2).
    ///   - now: The time, as text for columns.
    ///   - stored: Told after each batch whom it concerns; what it throws ends the import.
    public init(
        store: any OrganizationStore, today: CivilDate, now: @escaping @Sendable () -> String,
        stored: @escaping @Sendable (Touched) async throws -> Void = { _ in }
    ) {
        self.store = store
        self.today = today
        self.now = now
        self.stored = stored
    }

    /// What came of a file.
    public struct Outcome: Sendable {
        /// The import's record.
        public var record: ImportRecord
        /// The first rows that were refused.
        public var errors: [ImportReject]
        /// Names of the columns of a CSV header that were ignored.
        public var unknownColumns: [String]
        /// Whether a contact was added or changed.
        public var hasChanges: Bool { record.created + record.updated > 0 }
    }

    /// Reads a file to its end and stores its contacts.
    ///
    /// - Parameter began: Told the import's id once there is one, before anything is stored, and where reading
    ///   fails before that.
    /// - Throws: `ImportFileError` where the file cannot be read; whatever reading `body` or storing threw. The
    ///   import is then marked as failed, and what was stored before stays stored and counted.
    public func importContacts<Body: AsyncSequence & Sendable>(
        _ body: Body, format: ImportDecoder.Format, began: @Sendable (_ importID: Int64) -> Void = { _ in }
    ) async throws -> Outcome where Body.Element == [UInt8] {
        var decoder = ImportDecoder(format: format)
        var pieces = body.makeAsyncIterator()
        var intake = Intake(validation: ContactValidation(today: today))
        var session: Session?
        do {
            while let piece = try await pieces.next() {
                try decoder.feed(piece) { intake.take($0) }
                guard intake.count >= ContactImporter.batchRows else { continue }
                if session == nil { session = try await begin(decoder, began) }
                try await session?.store(intake.nextBatch())
            }
            try decoder.finish { intake.take($0) }
        } catch {
            if session == nil { session = try await begin(decoder, began) }
            try await fail(&session, error)
            throw error
        }
        if session == nil { session = try await begin(decoder, began) }
        return try await end(&session, decoder, &intake)
    }

    private func begin(
        _ decoder: ImportDecoder, _ began: @Sendable (Int64) -> Void
    ) async throws -> Session {
        let columns = decoder.columns
        let record = try await store.createImport(columns: columns.map { "\($0.name)" }, now: now())
        began(record.id)
        return Session(store: store, importID: record.id, columns: columns, stored: stored)
    }

    private func end(
        _ session: inout Session?, _ decoder: ImportDecoder, _ intake: inout Intake
    ) async throws -> Outcome {
        guard var open = session else { throw ImportFileError(.emptyFile, "The file is empty.") }
        do {
            var last = intake.nextBatch()
            for (warning, count) in decoder.warnings { last.warnings[warning.rawValue, default: 0] += count }
            try await open.store(last)
            try await open.finish()
        } catch {
            try await fail(&session, error)
            throw error
        }
        let record = try await store.finishImport(id: open.importID, error: nil, now: now())
        let errors = try await store.importRejects(
            id: open.importID, after: nil, limit: ContactImporter.listedErrors)
        return Outcome(record: record, errors: errors.items, unknownColumns: decoder.unknownColumns)
    }

    /// Marks the import as failed, keeping what was stored.
    private func fail(_ session: inout Session?, _ error: any Error) async throws {
        guard var open = session else { return }
        try? await open.finish()
        _ = try await store.finishImport(id: open.importID, error: "\(error)", now: now())
    }
}

/// Collects judged rows into batches.
private struct Intake {
    private var validation: ContactValidation
    private var rows: [ImportedContact] = []
    private var rejections: [ImportRejection] = []
    private var warnings: [ImportWarning: Int] = [:]

    init(validation: ContactValidation) { self.validation = validation }

    var count: Int { rows.count + rejections.count }

    mutating func take(_ decoded: DecodedRow) {
        switch decoded {
        case .rejected(let rejection): rejections.append(rejection)
        case .row(let row):
            switch validation.contact(of: row) {
            case .success(let contact): rows.append(contact)
            case .failure(let rejection): rejections.append(rejection)
            }
        }
    }

    /// Hands out what was collected, with the warnings since the last batch.
    mutating func nextBatch() -> Batch {
        var given: [String: Int] = [:]
        for (warning, count) in validation.warnings {
            let since = count - warnings[warning, default: 0]
            if since > 0 { given[warning.rawValue] = since }
        }
        warnings = validation.warnings
        defer {
            rows.removeAll(keepingCapacity: true)
            rejections.removeAll(keepingCapacity: true)
        }
        return Batch(rows: rows, rejections: rejections, warnings: given)
    }

    struct Batch: Sendable {
        let rows: [ImportedContact]
        let rejections: [ImportRejection]
        var warnings: [String: Int]
    }
}

/// One import that goes on: stores a batch while the next one is decoded.
private struct Session {
    let store: any OrganizationStore
    let importID: Int64
    let columns: [ImportColumn]
    let stored: @Sendable (Touched) async throws -> Void
    private var pending: Task<Void, any Error>?

    init(
        store: any OrganizationStore, importID: Int64, columns: [ImportColumn],
        stored: @escaping @Sendable (Touched) async throws -> Void
    ) {
        self.store = store
        self.importID = importID
        self.columns = columns
        self.stored = stored
    }

    /// Waits until the batch before is stored, and begins with this one.
    mutating func store(_ batch: Intake.Batch) async throws {
        try await finish()
        let (store, importID, columns, stored) = (store, importID, columns, stored)
        pending = Task {
            var converted = ImportBatch()
            converted.rows = batch.rows.map { .init(row: $0.row, draft: ContactDraft($0)) }
            converted.rejects = batch.rejections.map { ImportReject($0, columns: columns) }
            converted.warnings = batch.warnings
            let outcome = try await store.importBatch(converted, importID: importID)
            try await stored(Touched(contactIDs: Set(outcome.plannedContactIDs).sorted()))
        }
    }

    /// Waits until everything is stored.
    mutating func finish() async throws {
        let last = pending
        pending = nil
        try await last?.value
    }
}
