import GRDB
import ScheduleStore
import SchedulingCore

/// Carries one claim out, inside a transaction: finds due emails, judges each again, hands it out or skips it.
struct EmailClaims {
    private let database: Database
    private let request: ClaimRequest
    private let start: DueEmails.Start?
    private let now: String
    private let catalog: RunCatalog
    private let review: ClaimReview
    private let claims: ClaimTable
    private let others: ClaimTable
    private let facts: ClaimFacts
    private let row: RawStatement
    private let status: RawStatement
    private let skip: RawStatement
    private let dropText: RawStatement

    /// - Parameter start: Where to begin; nil for the first email that is due.
    init(_ database: Database, _ request: ClaimRequest, from start: DueEmails.Start?, now: String) throws {
        self.database = database
        self.request = request
        self.start = start
        self.now = now
        catalog = RunCatalog(
            today: request.today, policy: request.policy,
            facts: RunCatalog.Facts(
                totalContacts: 0, campaignTypes: try CampaignRows.types(database),
                instances: try CampaignRows.instances(database)),
            zone: request.zone)
        review = ClaimReview(catalog: catalog, channel: request.channel)
        claims = try ClaimTable(database, channel: request.channel)
        others = try ClaimTable(database, channel: request.channel.other)
        facts = try ClaimFacts(database, catalog)
        row = try RawStatement("SELECT \(ScheduleTable.columns) FROM email_schedules WHERE id = ?", database)
        status = try RawStatement(
            "UPDATE email_schedules SET status = ?, updated_at = ? WHERE id = ? AND status = ?", database)
        skip = try RawStatement(
            """
            UPDATE email_schedules SET status = 'skipped', skip_reason = ?, updated_at = ?
            WHERE id = ? AND status IN ('pre-scheduled', 'processing')
            """, database)
        dropText = try RawStatement(
            "UPDATE email_schedules SET sms_template = NULL, updated_at = ? WHERE id = ?", database)
    }

    /// Hands out what is due.
    func run() throws -> ClaimOutcome {
        var outcome = ClaimOutcome()
        for id in try claims.giveUp(unixSeconds: request.unixSeconds) {
            outcome.unconfirmed += try set(.unconfirmed, id, from: DeliveryStatus.processing.rawValue)
        }
        var emails = try DueEmails(database, request, from: start)
        let heldBefore = emails.held
        var lease: Int64?
        while outcome.items.count < request.limit, outcome.skipped.count < ClaimRequest.skipLimit,
            let email = try emails.next(
                passing: outcome.isEmpty ? .max : ClaimRequest.heldLimit + heldBefore - emails.held)
        {
            let number = try lease ?? beginCall()
            lease = number
            try judge(email, number, &outcome)
        }
        if let lease {
            try database.execute(
                sql: "UPDATE claim_calls SET items = ? WHERE id = ?",
                arguments: [outcome.items.count, lease])
        }
        outcome.held = emails.held
        return outcome
    }

    /// Draws the next fencing token.
    private func beginCall() throws -> Int64 {
        try database.execute(
            sql: "INSERT INTO claim_calls (channel, created_at) VALUES (?, ?)",
            arguments: [request.channel.rawValue, now])
        return database.lastInsertedRowID
    }

    private func judge(_ email: DueEmail, _ lease: Int64, _ outcome: inout ClaimOutcome) throws {
        let claim = try claims.claim(email.id)
        guard let record = try record(email.id), let contactID = record.contactID,
            try isStillToSend(record, claim)
        else { return try claims.end(email.id, as: "closed") }
        let stored = try facts.read(contactID: contactID)
        guard let row = stored.batch.rows.first(where: { $0.id == email.id }) else { return }
        switch review.verdict(on: row, stored) {
        case .send:
            guard let contact = try ContactTable.contact(id: contactID, database) else { return }
            let record = try handOut(email, record, lease)
            outcome.items.append(
                ClaimOutcome.Item(
                    email: record, contact: contact, lease: lease, attempt: (claim?.attempt ?? 0) + 1))
        case .skip(let reason):
            try skip(email.id, reason)
            outcome.skipped.append(ClaimOutcome.Skip(id: email.id, reason: reason))
        case .skipText(let reason):
            dropText.bind(1, now)
            dropText.bind(2, email.id)
            try dropText.run()
            try claims.end(email.id, as: "closed")
            outcome.skipped.append(ClaimOutcome.Skip(id: email.id, reason: reason))
        }
    }

    /// Whether a row that was found is still to be sent by this channel: somebody else may have cancelled it,
    /// planned it again (then it is found among the planned ones), or sent it without a report.
    private func isStillToSend(_ record: ScheduleRecord, _ claim: ClaimTable.Claim?) throws -> Bool {
        let status = record.status ?? ""
        if status == "pre-scheduled" { return true }
        guard let claim, status != "skipped", status != DeliveryStatus.cancelled.rawValue else {
            return false
        }
        if claim.state == "waiting" || status == DeliveryStatus.processing.rawValue { return true }
        return try others.claim(record.id).map { $0.state != "closed" && $0.state != "waiting" } ?? false
    }

    /// Gives a row to the sender; returns it as it is then.
    private func handOut(_ email: DueEmail, _ record: ScheduleRecord, _ lease: Int64) throws -> ScheduleRecord
    {
        try claims.lease(email, lease: lease, until: request.unixSeconds + request.leaseSeconds)
        guard record.status == "pre-scheduled" else { return record }
        var record = record
        _ = try set(.processing, record.id, from: "pre-scheduled")
        record.status = DeliveryStatus.processing.rawValue
        record.updatedAt = now
        let isForOther = (request.channel == .email ? record.smsTemplate : record.emailTemplate) != nil
        if isForOther { try others.wait(email) }
        return record
    }

    /// Skips an email, unless the other channel's senders have it.
    private func skip(_ id: Int64, _ reason: SkipReason) throws {
        try claims.end(id, as: "closed")
        let other = try others.claim(id)?.state
        if other == "leased" || other == "sending" || other == "reported" { return }
        if other == "waiting" { try others.end(id, as: "closed") }
        skip.bind(1, reason.rawValue)
        skip.bind(2, now)
        skip.bind(3, id)
        try skip.run()
    }

    private func record(_ id: Int64) throws -> ScheduleRecord? {
        row.bind(1, id)
        defer { row.reset() }
        return try row.step() ? ScheduleTable.record(row) : nil
    }

    /// Sets the status of a row that has a certain one; tells how many rows were set.
    private func set(_ new: DeliveryStatus, _ id: Int64, from old: String) throws -> Int {
        status.bind(1, new.rawValue)
        status.bind(2, now)
        status.bind(3, id)
        status.bind(4, old)
        try status.run()
        return database.changesCount
    }
}

/// Reads what the review of an email must know of its contact.
struct ClaimFacts {
    private let database: Database
    private let catalog: RunCatalog
    private let contacts: ContactRows
    private let emails: EmailRows

    init(_ database: Database, _ catalog: RunCatalog) throws {
        self.database = database
        self.catalog = catalog
        contacts = try ContactRows(database, catalog)
        emails = try EmailRows(database, catalog, readsTrackingIDs: false)
    }

    /// Everything about a contact that the review looks at.
    func read(contactID id: Int64) throws -> ClaimReview.Facts {
        var facts = ClaimReview.Facts()
        try contacts.read(in: id...id, into: &facts.batch.contacts)
        try emails.read(id...id, into: &facts.batch.rows)
        try TargetRows.read(id...id, database, into: &facts.batch.targets)
        try SuppressionRows.read(id...id, database, into: &facts.batch.suppressions)
        return facts
    }
}
