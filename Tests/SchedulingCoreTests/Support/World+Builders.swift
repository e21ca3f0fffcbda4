import SchedulingCore
import Testing

extension World {
    /// An organisation with one contact, number 1.
    init(
        on today: CivilDate, state: StateCode = "TX", born: CivilDate? = nil, effective: CivilDate? = nil
    ) {
        self.init(on: today)
        add(1, in: state, born: born, effective: effective)
    }

    /// Adds a contact. Texas has no windows.
    mutating func add(
        _ id: Int64, in state: StateCode = "TX", born: CivilDate? = nil, effective: CivilDate? = nil
    ) {
        contacts.append(Contact(id: id, state: state, birthDate: born, effectiveDate: effective))
    }

    /// Adds contacts that differ only in their ids.
    mutating func add(
        _ ids: ClosedRange<Int64>, in state: StateCode = "TX", born: CivilDate? = nil,
        effective: CivilDate? = nil
    ) {
        for id in ids { add(id, in: state, born: born, effective: effective) }
    }

    /// Changes a contact's facts.
    mutating func change(_ id: Int64, _ body: (inout Contact) -> Void) {
        for position in contacts.indices where contacts[position].id == id { body(&contacts[position]) }
    }

    mutating func suppress(_ id: Int64, _ channel: Suppression.Channel = .email) {
        suppressions.append(Suppression(contactID: id, channel: channel))
    }

    /// Adds a campaign instance.
    mutating func instance(
        _ id: Int64, of type: String, from start: CivilDate? = nil, through end: CivilDate? = nil,
        audience: Set<StateCode> = []
    ) {
        var instance = CampaignInstance(id: id, typeName: type)
        instance.templates = TemplatePair(email: "\(type)_mail", sms: "\(type)_text")
        instance.startDate = start
        instance.endDate = end
        instance.audience = audience
        instances.append(instance)
    }

    /// Adds a campaign type.
    mutating func type(_ name: String, _ body: (inout CampaignType) -> Void = { _ in }) {
        var type = CampaignType(name: name)
        body(&type)
        campaignTypes.append(type)
    }

    /// Enrols a contact in an instance; the number of the row comes back.
    @discardableResult
    mutating func target(
        _ contact: Int64, instance: Int64, on trigger: CivilDate? = nil,
        status: CampaignTarget.Status = .pending
    ) -> Int64 {
        let id = (targets.map(\.id).max() ?? 0) + 1
        targets.append(
            CampaignTarget(
                id: id, contactID: contact, instanceID: instance, triggerDate: trigger, status: status))
        return id
    }

    /// Adds a row as some earlier run or sender left it; its number comes back. Event columns are those of
    /// `event`, null where it is nil.
    @discardableResult
    mutating func row(
        _ contact: Int64, _ type: String, _ date: CivilDate?, _ status: String = "pre-scheduled",
        event: CivilDate? = nil, _ body: (inout Row) -> Void = { _ in }
    ) -> Int64 {
        var row = Row(id: newRowID(), contactID: contact, type: type, status: status, date: date)
        if let event { row.event = .init(event) }
        body(&row)
        rows.append(row)
        return row.id
    }

    /// Changes the one row of a contact and type, as a sender or an operator would.
    mutating func edit(
        _ type: String, of contact: Int64 = 1, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (inout Row) -> Void
    ) {
        let positions = rows.indices.filter { rows[$0].contactID == contact && rows[$0].type == type }
        #expect(positions.count == 1, "rows of \(type)", sourceLocation: sourceLocation)
        for position in positions { body(&rows[position]) }
    }

    /// Notes a click or an answer.
    mutating func behaviour(_ contact: Int64 = 1, at moment: String, _ kind: Behaviour.Kind) {
        behaviours.append(
            Behaviour(
                contactID: contact, moment: LocalMoment(Array(moment.utf8).span, in: zone), kind: kind))
    }

    /// Runs, and goes on to the next day.
    mutating func runDaily(through last: CivilDate) {
        while today <= last {
            run()
            today = today + 1
        }
        today = last
    }

    // MARK: Looking

    /// The rows of a contact, in order of date and type, each as its `line`; of one type if it is named.
    func schedule(_ contact: Int64 = 1, _ type: String? = nil) -> [String] {
        rows.filter { $0.contactID == contact && (type == nil || $0.type == type) }
            .sorted { ($0.date ?? "0000-01-01", $0.type, $0.id) < ($1.date ?? "0000-01-01", $1.type, $1.id) }
            .map(\.line)
    }

    /// The only row of a contact and type.
    func only(
        _ type: String, of contact: Int64 = 1, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Row {
        let found = rows.filter { $0.contactID == contact && $0.type == type }
        try #require(found.count == 1, "rows: \(schedule(contact))", sourceLocation: sourceLocation)
        return found[0]
    }

    /// Emails on each day, as a sender would find them: not skipped, follow-ups and cancelled rows left out.
    func load() -> [CivilDate: Int] {
        var load: [CivilDate: Int] = [:]
        for row in rows where row.status != "skipped" && row.status != "cancelled" && !row.isFollowup {
            guard let date = row.isCommitted ? row.moment(in: zone)?.date : row.date else { continue }
            load[date, default: 0] += 1
        }
        return load
    }
}
