/// A run over contacts of an organisation, pure: the caller reads batches of contacts in order of id
/// and stores the changes that come out (SPEC 4 to 12).
///
/// The rules need counts over all contacts before they can place an email, so the contacts pass by up to three
/// times, and between the passes only counts are kept:
///
/// 1. `survey` counts committed rows and effective-date occurrences. A contact all of whose emails keep the
///    date of an earlier run, or are skipped, waits for nobody: it is finished here.
/// 2. `weigh` gives the emails of the others their target dates and counts them by class.
/// 3. `place` decides again, takes each email's final date from its class, and finishes those contacts.
///
/// `endWeighing` comes between 2 and 3. Passes 2 and 3 need to see only the contacts of `unsettled`; seeing
/// others does no harm. The changes do not depend on how contacts are cut into batches.
public struct SchedulingRun {
    /// Date, policy, campaigns.
    public let catalog: RunCatalog
    /// What was counted so far; complete after `place` has seen every contact.
    public private(set) var report: RunReport
    /// The contacts that passes 2 and 3 must see.
    public private(set) var unsettled: UnsettledContacts

    private var planner: ContactPlanner
    private var merge: RowMerge
    /// Effective-date emails by ideal date, as far as surveyed (SPEC 6).
    public private(set) var smoothing: DayCounts
    private var changedShares: [SmoothingShare] = []
    /// Emails by final date, before conflict and frequency, and the fixed load (SPEC 8).
    public var dailyLoad: DayCounts {
        var load = placed
        for (day, count) in cap.fixed.entries { load[day] += count }
        return load
    }
    /// Contacts that are finished.
    public private(set) var contactsDone = 0

    private let scope: RunScope
    private let trace: PlanTrace?
    private(set) var placed: DayCounts
    private let smoothingLimit: Int
    private(set) var cap: DailyCap

    /// A run about to begin.
    public init(catalog: RunCatalog, scope: RunScope = .everything) {
        self.init(catalog: catalog, scope: scope, trace: nil)
    }

    /// A run about to begin; `trace` notes what it decides and why.
    init(catalog: RunCatalog, scope: RunScope, trace: PlanTrace?) {
        self.catalog = catalog
        self.trace = trace
        self.scope = scope
        let load = catalog.load
        report = RunReport(today: catalog.today)
        unsettled = UnsettledContacts(totalContacts: catalog.totalContacts)
        planner = ContactPlanner(catalog: catalog, trace: trace)
        merge = RowMerge(today: catalog.today)
        smoothing = DayCounts(around: catalog.today)
        placed = DayCounts(around: catalog.today)
        smoothingLimit = load.smoothingLimit(cap: load.dailyCap(totalContacts: catalog.totalContacts))
        cap = DailyCap(today: catalog.today, load: load, totalContacts: catalog.totalContacts)
        if case .someContacts(let counts) = scope {
            smoothing = counts.smoothing
            cap.setFixed(counts.load)
        }
    }

    /// Takes up what an earlier process left. Who was unsettled is not remembered: seeing everybody again does
    /// no harm.
    mutating func resume(_ state: inout StateDecoder) throws(StateDecoder.Malformed) {
        contactsDone = try state.number()
        try smoothing.read(from: &state)
        try placed.read(from: &state)
        try cap.read(from: &state)
        try report.read(from: &state, catalog)
        merge = RowMerge(today: catalog.today, unchanged: report.unchanged)
        unsettled.insertEverybody()
    }

    // MARK: Pass 1

    /// Counts a batch and finishes the contacts in it that wait for nobody.
    public mutating func survey(_ batch: ContactBatch, emit: (RowChange) -> Void) {
        switch scope {
        case .everything: countFixedLoad(batch)
        case .someContacts: forget(batch)
        case .followups: return surveyFollowups(batch, emit)
        }
        var cursor = BatchCursor()
        var shares = batch.smoothingShares[...]
        for contact in batch.contacts {
            clear(cursor.orphans(before: contact.id, in: batch), in: batch, emit)
            let ranges = cursor.ranges(of: contact.id, in: batch)
            count(contact)
            planner.draft(contact, ranges, in: batch)
            if let date = planner.smoothingDate { smoothing.count(date) }
            noteShare(of: contact.id, &shares)
            guard planner.isSettled else {
                unsettled.insert(contact.id)
                continue
            }
            for draft in planner.drafts where draft.step == .placed { cap.add(draft) }
            finish(in: batch, emit)
        }
        clear(cursor.rest(in: batch), in: batch, emit)
        for share in shares { changedShares.append(.init(contactID: share.contactID, idealDate: nil)) }
    }

    /// Where contacts that were surveyed count in smoothing now and did not before, in order of contacts; nothing the
    /// next time. Whoever stores the changes that came out stores these with them.
    public mutating func takeChangedShares() -> [SmoothingShare] {
        defer { changedShares = [] }
        return changedShares
    }

    /// Compares where a contact counts with where it did; `shares` begins at the first that is not compared yet.
    private mutating func noteShare(of id: Int64, _ shares: inout ArraySlice<SmoothingShare>) {
        while let gone = shares.first, gone.contactID < id {
            changedShares.append(.init(contactID: gone.contactID, idealDate: nil))
            shares.removeFirst()
        }
        let share = SmoothingShare(contactID: id, idealDate: planner.smoothingDate)
        if let before = shares.first, before.contactID == id {
            shares.removeFirst()
            if before == share { return }
        } else if share.idealDate == nil {
            return
        }
        changedShares.append(share)
    }

    private mutating func countFixedLoad(_ batch: ContactBatch) {
        for row in batch.rows where row.status.isCommitted && row.status != .cancelled && !row.type.isFollowup
        {
            if let date = row.sendDate { cap.addFixed(on: date) }
        }
    }

    /// Takes contacts that are decided anew out of what the last full run counted (SPEC 11).
    private mutating func forget(_ batch: ContactBatch) {
        for share in batch.smoothingShares {
            if let ideal = share.idealDate, smoothing[ideal] > 0 { smoothing[ideal] -= 1 }
        }
        for row in batch.rows {
            if let date = row.replaceableDate, date >= catalog.today { cap.removeFixed(on: date) }
        }
    }

    /// Decides the follow-ups of a batch, and leaves every other row alone.
    private mutating func surveyFollowups(_ batch: ContactBatch, _ emit: (RowChange) -> Void) {
        var cursor = BatchCursor()
        for contact in batch.contacts {
            let ranges = cursor.ranges(of: contact.id, in: batch)
            count(contact)
            contactsDone += 1
            planner.draft(contact, ranges, in: batch)
            mergeFollowups(in: batch)
            merge.finish(ranges.rows, in: batch, followupsOnly: true) {
                report.count($0)
                emit($0)
            }
            report.unchanged = merge.unchanged
        }
    }

    private mutating func count(_ contact: Contact) {
        if let reason = contact.invalidity {
            report.invalid[reason, default: 0] += 1
            return
        }
        report.contactsProcessed += 1
        if contact.hasStateZIPMismatch { report.stateZIPMismatches += 1 }
    }

    /// Removes the planned rows of a contact that is gone.
    private mutating func clear(_ rows: Range<Int>, in batch: ContactBatch, _ emit: (RowChange) -> Void) {
        guard !rows.isEmpty else { return }
        merge.finish(rows, in: batch) {
            report.count($0)
            emit($0)
        }
    }

    // MARK: Pass 2

    /// Counts the emails of a batch by class.
    public mutating func weigh(_ batch: ContactBatch) {
        forEachUnsettled(batch) { run in
            for draft in run.planner.drafts where draft.step != .skipped { run.cap.add(draft) }
        }
    }

    /// Ends pass 2: decides how many emails of each class end on which day.
    public mutating func endWeighing() {
        cap.distribute { trace?.filled($0) }
        report.overCapDays = cap.overCapDays
    }

    // MARK: Pass 3

    /// Gives the emails of a batch their final dates.
    public mutating func place(_ batch: ContactBatch, emit: (RowChange) -> Void) {
        forEachUnsettled(batch) { run in
            for index in run.planner.drafts.indices where run.planner.drafts[index].step == .aimed {
                let final = run.cap.place(run.planner.drafts[index])
                run.trace?.placed(run.planner.drafts[index], on: final, run.cap)
                run.planner.drafts[index].place(on: final)
            }
            run.finish(in: batch, emit)
        }
    }

    private mutating func forEachUnsettled(_ batch: ContactBatch, _ body: (inout SchedulingRun) -> Void) {
        let smoothing = smoothing
        let limit = smoothingLimit
        var cursor = BatchCursor()
        for contact in batch.contacts {
            let ranges = cursor.ranges(of: contact.id, in: batch)
            planner.draft(contact, ranges, in: batch)
            if planner.isSettled { continue }
            planner.aim(limit: limit, counts: smoothing)
            body(&self)
        }
    }

    // MARK: Finishing a contact

    /// Applies conflict and frequency, and compares with the rows that stand.
    private mutating func finish(in batch: ContactBatch, _ emit: (RowChange) -> Void) {
        contactsDone += 1
        placed.count(planner.drafts) { $0.step == .placed ? $0.date : nil }
        planner.judge(in: batch)
        tally()
        let (rows, hasTargets) = (planner.ranges.rows, !planner.ranges.targets.isEmpty)
        for index in planner.drafts.indices {
            if trace == nil, rows.isEmpty {
                // Nothing can come before it.
                report.inserted += 1
                emit(.insert(email(of: planner.drafts[index])))
                continue
            }
            let email = email(of: planner.drafts[index])
            let row = planner.drafts[index].row
            trace?.decide(email, planner.drafts[index], row: row.map { batch.rows[$0] })
            merge.add(email, row: row, in: batch)
        }
        if trace != nil || !rows.isEmpty { finishRows(in: batch, emit) }
        if hasTargets { planner.forEachTargetChange(in: batch, emit) }
    }

    private mutating func finishRows(in batch: ContactBatch, _ emit: (RowChange) -> Void) {
        let rows = planner.ranges.rows
        mergeFollowups(in: batch)
        if let trace {
            merge.finish(rows, in: batch) {
                report.count($0)
                trace.changed($0, rows, in: batch)
                emit($0)
            }
            trace.finish()
        } else {
            merge.finish(rows, in: batch) {
                report.count($0)
                emit($0)
            }
        }
        report.unchanged = merge.unchanged
    }

    private mutating func mergeFollowups(in batch: ContactBatch) {
        guard planner.mayHaveFollowups(in: batch) else { return }
        planner.followups(in: batch) { email, row in
            report.count(email.type, email.skipReason)
            trace?.decide(email, nil, row: row.map { batch.rows[$0] })
            merge.add(email, row: row, in: batch)
        }
    }

    @inline(__always)
    private func email(of draft: EmailDraft) -> PlannedEmail {
        PlannedEmail(
            contactID: planner.contact.id, type: draft.type, event: .init(draft.event),
            idealDate: draft.ideal,
            date: draft.date, skipReason: draft.skipReason, priority: Int64(draft.priority),
            instanceID: draft.instanceID, time: catalog.sendTime, emailTemplate: draft.templates.email,
            smsTemplate: planner.smsTemplate(draft.templates), state: planner.contact.state)
    }

    /// Counts the emails of a contact for the report.
    @inline(__always)
    private mutating func tally() {
        report.count(planner.drafts, state: planner.contact.state)
        report.volume.ideal.count(planner.drafts) { $0.skipReason == nil ? $0.ideal : nil }
        report.volume.target.count(planner.drafts) { $0.skipReason == nil ? $0.target : nil }
        report.volume.final.count(planner.drafts) { $0.skipReason == nil ? $0.date : nil }
    }
}
