import Foundation
import HTTPTypes
import SchedulingCore
import SeededRandomness

/// Marketing: campaign types, their instances, and who is enrolled in them.
extension Simulation {
    private static let types = [
        "rate_increase", "seasonal_promo", "initial_blast", "regulatory_notice", "policy_update", "survey",
    ]

    /// What marketing does at one time of a day.
    func changeCampaigns() async throws {
        if snapshot.instances.isEmpty {
            for type in ["rate_increase", "regulatory_notice", "seasonal_promo"] { try await launch(type) }
        }
        if random.chance(0.06) { try await launch(random.pick(Self.types.filter { $0 != "survey" })) }
        if random.chance(0.12) { try await changeInstance() }
        if random.chance(0.03), let id = anyInstance() {
            try await call(.delete, "campaign-instances/\(id)")
            count("instances removed")
            try await look()
        }
        if random.chance(0.06) { try await changeType() }
        if random.chance(0.35) { try await enrolMany() }
        if random.chance(0.1) { try await enrolOne() }
        if random.chance(0.2) { try await changeTarget() }
        try await look()
    }

    private func anyInstance() -> Int64? {
        let ids = snapshot.instances.keys.sorted()
        return ids.isEmpty ? nil : random.pick(ids)
    }

    private func day(_ range: ClosedRange<Int>) -> String { (today + random.number(range)).description }

    private func launch(_ type: String) async throws {
        var body: [String: Any] = [
            "campaign_type": type, "instance_name": "\(type) of \(today)", "email_template": "\(type)_v1",
        ]
        if random.chance(0.85) { body["active_start_date"] = day(-10...12) }
        if random.chance(0.7) { body["active_end_date"] = day(12...60) }
        if random.chance(0.4) { body["audience"] = ["CA", "TX", "MO", "NY", "IL"].shuffled(using: &random) }
        try await call(.post, "campaign-instances", try json(body))
        count("instances launched")
        try await look()
    }

    private func changeInstance() async throws {
        guard let id = anyInstance() else { return }
        let change: [String: Any] = random.pick([
            ["active_start_date": day(-20...10)], ["active_end_date": day(0...50)],
            ["active_end_date": NSNull()], ["email_template": "v\(today)"], ["audience": ["CA", "FL"]],
            ["audience": NSNull()], ["active_start_date": NSNull()],
        ])
        // A change that would end the instance before it begins is refused.
        try await call(.patch, "campaign-instances/\(id)", try json(change), expecting: [200, 422])
        count("instances changed")
        try await look()
    }

    private func changeType() async throws {
        let name = random.pick(Self.types)
        let body: [String: Any] = [
            "active": random.chance(0.75), "priority": random.number(1...9),
            "days_before_event": random.pick([-3, 0, 7, 14]), "target_all_contacts": random.chance(0.25),
            "respect_exclusion_windows": random.chance(0.7), "enable_followups": random.chance(0.7),
            "respect_frequency_limits": random.chance(0.85),
        ]
        try await call(.put, "campaign-types/\(name)", try json(body))
        count("types changed")
        try await look()
    }

    // MARK: Targets

    private func enrolMany() async throws {
        guard let instance = anyInstance() else { return }
        let ids = snapshot.contacts.keys.sorted()
        let rows = (0..<random.number(3...30)).map { _ -> (contact: Int64, date: String?) in
            let isUnknown = random.chance(0.03)
            return (
                isUnknown ? 99_999_999_999 : random.pick(ids), random.chance(0.85) ? day(-50...50) : nil
            )
        }
        let objects = try rows.map { row in
            try json([
                "contact_id": row.contact, "campaign_instance_id": instance,
                "trigger_date": row.date ?? NSNull(),
            ])
        }
        switch random.number(0...2) {
        case 0: try await call(.post, "contact-campaigns", "[\(objects.joined(separator: ","))]")
        case 1:
            try await call(
                .post, "contact-campaigns", objects.joined(separator: "\n"), type: "application/x-ndjson")
        default:
            let lines = rows.map { "\($0.contact),\(instance),\($0.date ?? "")" }
            let header = "contact_id,campaign_instance_id,trigger_date"
            try await call(
                .post, "contact-campaigns", ([header] + lines).joined(separator: "\n"), type: "text/csv")
        }
        count("targets enrolled", rows.count)
    }

    private func enrolOne() async throws {
        guard let instance = anyInstance(), let contact = snapshot.contacts.keys.sorted().first else {
            return
        }
        let body: [String: Any] = [
            "contact_id": contact, "campaign_instance_id": instance, "trigger_date": day(-20...40),
        ]
        // The contact may have this target already.
        try await call(.post, "contact-campaigns", try json(body), expecting: [201, 409])
    }

    private func changeTarget() async throws {
        guard !snapshot.targets.isEmpty else { return }
        for _ in 0..<random.number(1...5) {
            let target = random.pick(snapshot.targets)
            if random.chance(0.3) {
                try await call(.delete, "contact-campaigns/\(target.id)", expecting: [204, 404])
            } else {
                let change: [String: Any] = random.pick([
                    ["trigger_date": day(-40...50)], ["trigger_date": NSNull()], ["status": "cancelled"],
                    ["status": "pending"],
                ])
                try await call(
                    .patch, "contact-campaigns/\(target.id)", try json(change), expecting: [200, 404, 409])
            }
            count("targets changed")
        }
    }

    private func json(_ object: [String: Any]) throws -> String {
        String(
            decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys),
            as: UTF8.self)
    }
}
