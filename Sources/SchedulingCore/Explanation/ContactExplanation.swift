/// Why the emails of one contact are what they are, as a run of this contact alone decides them (SPEC 11): what
/// came out of the rules themselves, noted on the way.
public struct ContactExplanation: Sendable {
    /// The contact, as the rules see it.
    public let contact: Contact
    /// The date that it was decided for.
    public let today: CivilDate
    /// Whether it is on the do-not-contact list.
    public internal(set) var isSuppressed = false
    /// The emails: those that come round every year, post-window, campaigns, follow-ups, and last the stored
    /// rows that no email claims.
    public internal(set) var emails: [EmailExplanation] = []

    init(contact: Contact, today: CivilDate) {
        self.contact = contact
        self.today = today
    }

    /// What holds for the whole contact, in one sentence, for people.
    public var sentence: String {
        switch contact.invalidity {
        case .missingEmail: "The contact gets no email: it has no e-mail address."
        case .invalidEmail: "The contact gets no email: its e-mail address cannot be one."
        case .missingZIP: "The contact gets no email: it has no ZIP code."
        case .invalidZIP: "The contact gets no email: its ZIP code is not a known one."
        case .invalidDate: "The contact gets no email: its birth date or its effective date cannot be one."
        case nil:
            if isSuppressed {
                "The contact is on the do-not-contact list: every email of it is skipped."
            } else {
                "The contact is mailed under the rules of \(contact.state.map { "\($0)" } ?? "no state")."
            }
        }
    }
}

extension SchedulingRun {
    /// Explains the contact of a batch that holds it alone: carries out the run of this one contact, writes
    /// nothing, and notes every rule on the way. Nil where the batch is empty.
    ///
    /// - Parameter standing: What other contacts load on each day.
    public static func explain(
        _ batch: ContactBatch, catalog: RunCatalog, standing: StandingCounts
    ) -> ContactExplanation? {
        guard batch.contacts.count == 1 else { return nil }
        let trace = PlanTrace(catalog: catalog)
        var run = SchedulingRun(catalog: catalog, scope: .someContacts(standing), trace: trace)
        run.survey(batch) { _ in }
        run.weigh(batch)
        run.endWeighing()
        run.place(batch) { _ in }
        return trace.explanation
    }
}
