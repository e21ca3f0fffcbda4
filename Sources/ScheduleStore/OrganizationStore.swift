public import SchedulingCore

/// Everything one organisation has stored: contacts, schedules, imports, runs.
///
/// 1. A verb is one transaction: when it returns, everything it says is stored; when it throws, nothing is.
/// 2. The asynchronous verbs never block a thread of Swift's cooperative pool. The others (`runFacts`,
///    `makeRunReader`, `makeRunWriter`, and all of `RunReader` and `RunWriter`) block the calling thread: a
///    run calls them from its own threads.
/// 3. Readers never wait for a writer, nor the writer for readers.
/// 4. Every failure is a `StoreError`, except that a task which is cancelled gets its `CancellationError`.
/// 5. The store reads no clock: `now` is handed in, as the text that the columns shall hold.
public protocol OrganizationStore:
    CampaignStore, DeliveryStore, ConfigurationStore, AuditStore, ContactPrivacyStore, MetricsStore,
    AnswerStore, HistoryStore
{
    /// The same store, where each verb that changes something also stores, in its transaction, what goes with it.
    func accompanied(by companion: ChangeCompanion) -> any OrganizationStore

    // MARK: Contacts

    /// Adds a contact.
    ///
    /// - Throws: `conflict` with field `id` or `external_id` where another contact has it.
    func insertContact(_ draft: ContactDraft) async throws -> StoreChange<ContactRecord>
    /// A contact, nil where there is none.
    func contact(id: Int64) async throws -> ContactRecord?
    /// The ids of contacts as a client names them, in the same order; nil where there is no such contact.
    func contactIDs(of references: [ContactReference]) async throws -> [Int64?]
    /// Contacts of the organisation.
    func countContacts() async throws -> Int
    /// Contacts that meet a filter, in order of id, behind a cursor.
    func contacts(
        _ filter: ContactFilter, after: Int64?, limit: Int
    ) async throws
        -> Page<ContactRecord, Int64>
    /// Makes the contact with an id what a draft says, columns that it does not give null; adds it where there
    /// is none.
    ///
    /// - Throws: `conflict` with field `external_id` where another contact has it; `constraint` for an id that
    ///   no contact may have.
    func putContact(id: Int64, _ draft: ContactDraft) async throws -> StoreChange<ContactRecord>
    /// Changes the columns that a draft gives.
    ///
    /// - Throws: `notFound`; `conflict` with field `external_id` where another contact has it.
    func updateContact(id: Int64, _ draft: ContactDraft) async throws -> StoreChange<ContactRecord>
    /// Removes a contact and its rows of `email_schedules` that are not committed (SPEC 1). Committed rows,
    /// campaign targets, suppressions and behaviour stay; ids are not given anew, so nobody else gets them, and
    /// no run sees them unless a contact with this very id is stored again.
    ///
    /// - Throws: `notFound`.
    func deleteContact(id: Int64) async throws -> Touched

    // MARK: Suppressions

    /// Adds an entry to the do-not-contact list.
    ///
    /// - Throws: `dangling` with field `contact_id` where there is no such contact.
    func insertSuppression(
        _ draft: SuppressionDraft, now: String
    ) async throws
        -> StoreChange<SuppressionRecord>
    /// Entries of the do-not-contact list, of one contact or of all, in order of id, behind a cursor.
    func suppressions(
        contactID: Int64?, after: Int64?, limit: Int
    ) async throws
        -> Page<SuppressionRecord, Int64>
    /// Takes an entry off the do-not-contact list.
    ///
    /// - Throws: `notFound`.
    func deleteSuppression(id: Int64) async throws -> Touched

    // MARK: Imports

    /// Begins an import.
    ///
    /// - Parameter columns: Names of the columns sent, in their order.
    func createImport(columns: [String], now: String) async throws -> ImportRecord
    /// Stores rows of an import and counts them, in one transaction. A row is the contact with its `id`, else
    /// the one with its `external_id`, else the one with its e-mail in any case (the lowest id of several),
    /// else a new one.
    ///
    /// - Throws: `notFound` where there is no such import.
    func importBatch(_ batch: ImportBatch, importID: Int64) async throws -> ImportBatchOutcome
    /// Ends an import.
    ///
    /// - Parameter error: Why it failed; nil means that it is completed.
    func finishImport(id: Int64, error: String?, now: String) async throws -> ImportRecord
    /// Ends, as failed, the imports that a dead process has left running. To be called once, before the first import.
    ///
    /// - Returns: How many there were.
    func failInterruptedImports(now: String) async throws -> Int
    /// An import, nil where there is none.
    func importRecord(id: Int64) async throws -> ImportRecord?
    /// The rows that an import refused, in order of their number; the cursor is that number.
    func importRejects(id: Int64, after: Int?, limit: Int) async throws -> Page<ImportReject, Int>

    // MARK: Schedules

    /// All rows of a contact, in order of the scheduled date.
    func schedules(ofContact id: Int64) async throws -> [ScheduleRecord]
    /// Rows that meet a filter, in order of row id, behind a cursor.
    func schedules(
        _ filter: ScheduleFilter, after: Int64?, limit: Int
    ) async throws
        -> Page<ScheduleRecord, Int64>

    // MARK: Runs

    /// Puts a run in the queue. Where a full run, or one of the same campaign instance, already waits with the same
    /// date, dry run and replan, a second one is that one; the contacts of a run of kind `contacts` join one that waits
    /// with the same date, dry run and replan, while it stays of a reasonable size. `isNew` is then false. A run that
    /// was claimed before and waits again is none to join: it does not go back to the contacts that it has finished.
    ///
    /// - Parameter configVersion: The version of the configuration that it shall have, and a run that it joins too; nil
    ///   for the one in force when it begins.
    func createRun(
        _ request: RunRequest, configVersion: Int64?, now: String
    ) async throws -> (run: RunRecord, isNew: Bool)
    /// Asks for the daily run of a date, unless that was done before: then nil. A full run of the request's date
    /// that waits or goes on, and is no dry run, is the date's run.
    func createDailyRun(of date: CivilDate, _ request: RunRequest, now: String) async throws -> RunRecord?
    /// The latest date whose daily run was asked for, up to a date; nil where there is none.
    func lastDailyRunDate(notAfter date: CivilDate) async throws -> CivilDate?
    /// A run, nil where there is none.
    func run(id: Int64) async throws -> RunRecord?
    /// Runs, newest first, behind a cursor.
    func runs(before: Int64?, limit: Int) async throws -> Page<RunRecord, Int64>
    /// The newest full run that is completed and was no dry run; nil where there is none: nobody has a plan yet.
    func latestFullRun() async throws -> RunRecord?
    /// The oldest run that waits, now running under a lease if it is due. Versions are kept from the first claim.
    ///
    /// An organisation has one running run at a time. Where another owner's lease holds, nothing is claimed; else the run
    /// that is running was left by a process that died, or by the owner itself where it could not store the end, and is
    /// put back first, with its checkpoint.
    func claimNextRun(
        configVersion: Int64?, engineVersion: String, now: String, lease: RunLease
    ) async throws -> RunClaim
    /// Makes the lease of a claimed run longer.
    ///
    /// - Returns: Whether the claim still holds; if not, the caller must leave the run alone.
    func renewLease(of run: RunRecord, _ lease: RunLease) async throws -> Bool
    /// Ends a claimed run, and forgets its checkpoint.
    ///
    /// - Throws: `notFound`; `wrongState` where the claim is over.
    func finishRun(_ run: RunRecord, _ outcome: RunOutcome, now: String) async throws -> RunRecord
    /// Puts a claimed run back in the queue, with its checkpoint; one that was asked to stop is cancelled.
    ///
    /// - Parameter delay: Why it could not go on; nil where it was interrupted, which is no try of its own.
    /// - Throws: `notFound`; `wrongState` where the claim is over.
    func requeueRun(_ run: RunRecord, _ delay: RunDelay?, now: String) async throws -> RunRecord
    /// Asks a run to stop: a queued one is cancelled at once, a running one after its batch, any other stays
    /// as it is.
    ///
    /// - Throws: `notFound`.
    func requestRunCancel(id: Int64, now: String) async throws -> RunRecord

    // MARK: For a run's own threads

    /// What a run must know before it starts.
    func runFacts() throws -> RunCatalog.Facts
    /// A reader of its own for a run.
    func makeRunReader() throws -> any RunReader
    /// The writer for a run.
    func makeRunWriter() throws -> any RunWriter

    // MARK: Upkeep

    /// Gives back the memory that writing very many rows has taken, and moves what was written into its final place, as
    /// far as nobody reads the old state; never waits.
    func maintain() async throws
    /// Releases the store. Verbs after it throw `closed`.
    func close() async throws
}

extension OrganizationStore {
    /// Puts a run in the queue that is to have the configuration in force when it begins.
    public func createRun(
        _ request: RunRequest, now: String
    ) async throws -> (run: RunRecord, isNew: Bool) {
        try await createRun(request, configVersion: nil, now: now)
    }

    /// Contacts in order of id, behind a cursor.
    public func contacts(after: Int64?, limit: Int) async throws -> Page<ContactRecord, Int64> {
        try await contacts(ContactFilter(), after: after, limit: limit)
    }

    /// All rows that meet a filter, page by page: for exports.
    public func schedulePages(_ filter: ScheduleFilter, pageSize: Int = 1000) -> SchedulePages {
        SchedulePages(store: self, filter: filter, pageSize: pageSize)
    }
}
