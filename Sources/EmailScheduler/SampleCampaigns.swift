package import ScheduleStore
package import SchedulingCore

/// Sample campaigns to begin with: every campaign type of the configuration, a few instances, and targets
/// among the contacts that are there. What exists already under the same name is left as it is.
package struct SampleCampaigns: Sendable {
    /// How many contacts an instance with targets gets, at most.
    package static let targetCount = 100

    private let types: [CampaignType]
    private let today: CivilDate
    private let now: String

    /// Samples that begin on a date.
    ///
    /// - Parameters:
    ///   - types: The configuration's campaign types, by name.
    ///   - now: The time, as columns hold it.
    package init(types: [String: CampaignType], today: CivilDate, now: String) {
        var types = types
        types[SampleCampaigns.ownType] = types[SampleCampaigns.ownType] ?? CampaignType(name: Self.ownType)
        self.types = types.values.sorted { $0.name < $1.name }
        self.today = today
        self.now = now
    }

    /// The type for whatever no other type fits, with the defaults of a type that says nothing.
    private static let ownType = "custom"

    /// A sample instance of a type.
    private struct Sample {
        var type: String
        var name: String
        /// Days from its start to its end.
        var duration_days: Int
        /// Days from its start to the first trigger date; nil for targets without one.
        var firstTrigger_days: Int?
        /// Whether it has targets; a type for everyone needs none.
        var hasTargets = true

        /// Over how many days the trigger dates of its targets are spread.
        static let triggerSpread_days = 30
    }

    /// Every trigger date leaves time for the email before it, and lies inside its instance.
    private static let samples = [
        Sample(type: "initial_blast", name: "Sample welcome", duration_days: 60, hasTargets: false),
        Sample(type: "rate_increase", name: "Sample rate increase", duration_days: 90, firstTrigger_days: 30),
        Sample(type: "regulatory_notice", name: "Sample regulatory notice", duration_days: 30),
        Sample(
            type: "seasonal_promo", name: "Sample seasonal promotion", duration_days: 60,
            firstTrigger_days: 21),
    ]

    /// Stores what is missing.
    ///
    /// - Returns: What it did, a line for each type and instance.
    /// - Throws: `StoreError`. What was stored until then stays; another call stores the rest.
    package func store(in store: any OrganizationStore) async throws -> [String] {
        var lines: [String] = []
        let stored = Set(try await store.campaignTypes().map(\.name))
        for type in types {
            let isThere = stored.contains(type.name)
            if !isThere { _ = try await store.putCampaignType(type) }
            lines.append("campaign type \(type.name): \(isThere ? "already there" : "created")")
        }
        for sample in Self.samples { lines.append(try await self.store(sample, in: store)) }
        return lines
    }

    private func store(_ sample: Sample, in store: any OrganizationStore) async throws -> String {
        let standing = try await instance(like: sample, in: store)
        var instance = standing
        if instance == nil {
            instance = try await store.insertCampaignInstance(values(of: sample), now: now).record
        }
        guard let instance else { return "" }
        let targets = sample.hasTargets ? try await enrol(in: instance, sample, store) : nil
        let what = standing == nil ? "created" : "already there"
        let whom = targets.map { "\($0) targets created" } ?? "for every contact"
        return "campaign instance \(instance.id), \(sample.name) (\(sample.type)): \(what), \(whom)"
    }

    /// The instance of the sample's type and name, nil where there is none.
    private func instance(
        like sample: Sample, in store: any OrganizationStore
    ) async throws -> CampaignInstanceRecord? {
        var cursor: Int64?
        repeat {
            let page = try await store.campaignInstances(ofType: sample.type, after: cursor, limit: 1000)
            if let found = page.items.first(where: { $0.values[.instanceName] == sample.name }) {
                return found
            }
            cursor = page.nextCursor
        } while cursor != nil
        return nil
    }

    private func values(of sample: Sample) -> [CampaignInstanceField: String] {
        [
            .campaignType: sample.type, .instanceName: sample.name,
            .emailTemplate: "\(sample.type)_email", .smsTemplate: "\(sample.type)_sms",
            .activeStartDate: "\(today)", .activeEndDate: "\(today + sample.duration_days)",
        ]
    }

    /// Enrols the first contacts in an instance that has no target yet.
    ///
    /// - Returns: How many were enrolled.
    private func enrol(
        in instance: CampaignInstanceRecord, _ sample: Sample, _ store: any OrganizationStore
    ) async throws -> Int {
        var filter = TargetFilter()
        filter.campaignInstanceID = instance.id
        guard try await store.targets(filter, after: nil, limit: 1).items.isEmpty else { return 0 }
        let start = instance.values[.activeStartDate].flatMap { CivilDate($0) } ?? today
        let contacts = try await store.contacts(after: nil, limit: Self.targetCount).items
        let drafts = contacts.enumerated().map { index, contact in
            var draft = TargetDraft(contactID: contact.id, campaignInstanceID: instance.id)
            if let first = sample.firstTrigger_days {
                draft.triggerDate = "\(start + (first + index % Sample.triggerSpread_days))"
            }
            return draft
        }
        return try await store.storeTargets(drafts).created
    }
}
