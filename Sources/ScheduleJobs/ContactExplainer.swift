import Dispatch
public import ScheduleStore
public import SchedulingCore

/// Explains the emails of one contact: the run of this contact alone (SPEC 11) over what is stored now, carried
/// out without writing anything. It reads the contact with its own rows and the counts per day, whatever the size
/// of the organisation.
public struct ContactExplainer: Sendable {
    /// One at a time: explanations never crowd out runs or other requests.
    private static let queue = DispatchQueue(label: "explain", target: .global(qos: .userInitiated))

    private let store: any OrganizationStore
    private let environment: RunEnvironment

    /// An explainer for an organisation's contacts.
    public init(store: any OrganizationStore, environment: RunEnvironment) {
        self.store = store
        self.environment = environment
    }

    /// Explains a contact as of a date; nil where there is no such contact. Never blocks a thread of the
    /// cooperative pool.
    ///
    /// - Throws: `StoreError`.
    public func explain(contactID: Int64, today: CivilDate) async throws -> ExplainedContact? {
        guard let record = try await store.contact(id: contactID) else { return nil }
        let explanation = try await BlockingWork.run(on: Self.queue) {
            try decide(contactID: contactID, today: today)
        }
        let plan = try await store.latestFullRun()
        return explanation.map { ExplainedContact(explanation: $0, record: record, planID: plan?.id) }
    }

    private func decide(contactID: Int64, today: CivilDate) throws -> ContactExplanation? {
        let catalog = RunCatalog(
            today: today, policy: environment.policy, facts: try store.runFacts(), zone: environment.zone)
        let reader = try store.makeRunReader()
        defer { reader.close() }
        var batch = ContactBatch()
        try reader.readContacts(ids: [contactID], catalog: catalog, into: &batch)
        let standing = StandingCounts(try store.makeRunWriter().loadDayCounts(), around: today)
        return SchedulingRun.explain(batch, catalog: catalog, standing: standing)
    }
}

/// An explanation, and what the contact's record adds to it.
public struct ExplainedContact: Sendable {
    /// What the rules decided, and why.
    public var explanation: ContactExplanation
    /// The contact as it is stored.
    public var record: ContactRecord
    /// The full run whose counts per day smoothing and the daily cap looked at; nil where none has been completed, and
    /// they counted this contact's emails alone.
    public var planID: Int64?

    /// What holds for the whole contact, for people.
    public var sentence: String {
        guard planID == nil, explanation.contact.invalidity == nil, !explanation.isSuppressed else {
            return explanation.sentence
        }
        return explanation.sentence
            + " No full run has been completed yet: smoothing and the daily cap count this contact's emails alone."
    }

    /// The IANA time zone of the contact's ZIP code; nil where the ZIP table has none.
    public var timeZone: String? {
        let zip = Array((record.zipCode ?? "").utf8)
        let table = ZIPTable.bundled
        return table.timeZone(ofZIP: zip.span.extracting(zip.span.trimmedRange)).map { table.timeZones[$0] }
    }
}
