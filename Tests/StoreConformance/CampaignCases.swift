import ScheduleStore
import SchedulingCore
import Testing

extension ConformanceCase {
    static let campaigns: [ConformanceCase] = [
        ConformanceCase("a campaign type is stored, replaced and removed, and touches its instances") {
            backend in
            let store = try await backend.openOrganization("a")
            var type = CampaignType(name: "autumn")
            type.priority = 3
            let added = try await store.putCampaignType(type)
            #expect(added.isNew && added.touched.isEmpty)
            try await backend.insert(
                ["campaign_type": "autumn"], into: "campaign_instances", ofOrganization: "a")
            let same = try await store.putCampaignType(type)
            #expect(!same.isNew && same.touched.isEmpty)
            type.isActive = false
            let changed = try await store.putCampaignType(type)
            #expect(changed.touched == Touched(campaignInstanceIDs: [1]))
            let types = try await store.campaignTypes()
            #expect(types == [type])
            let inUse = await errorCode { _ = try await store.deleteCampaignType(name: "autumn") }
            let unknown = await errorCode { _ = try await store.deleteCampaignType(name: "winter") }
            #expect(inUse == .wrongState && unknown == .notFound)
            _ = try await store.putCampaignType(CampaignType(name: "winter"))
            _ = try await store.deleteCampaignType(name: "winter")
            let rest = try await store.campaignTypes()
            #expect(rest.map(\.name) == ["autumn"])
        },
        ConformanceCase("a change of an instance is logged by column, and touches it where emails can move") {
            backend in
            let store = try await backend.openOrganization("a")
            let added = try await store.insertCampaignInstance(
                [.campaignType: "rate_increase", .activeStartDate: "2026-02-01"], now: now)
            let id = added.record.id
            #expect(added.touched == Touched(campaignInstanceIDs: [id]))
            let named = try await store.updateCampaignInstance(
                id: id, [.instanceName: "Q1"], by: "me", now: now)
            #expect(named.touched.isEmpty && named.record.values[.instanceName] == "Q1")
            let moved = try await store.updateCampaignInstance(
                id: id, [.activeStartDate: nil, .instanceName: "Q1"], by: "you", now: now)
            #expect(moved.touched == added.touched)
            let read = try await store.campaignInstance(id: id)
            #expect(read == moved.record && read?.values[.activeStartDate] == nil)
            let log = try await store.campaignChanges(ofInstance: id, after: nil, limit: 10)
            #expect(log.items.map(\.fieldChanged) == ["instance_name", "active_start_date"])
            #expect(log.items.map(\.oldValue) == [nil, "2026-02-01"])
            #expect(log.items.map(\.changedBy) == ["me", "you"])
            let ended = await errorCode {
                _ = try await store.updateCampaignInstance(
                    id: id, [.activeStartDate: "2026-02-02", .activeEndDate: "2026-02-01"], by: "me", now: now
                )
            }
            #expect(ended == .constraint)
            let after = try await store.campaignInstance(id: id)
            #expect(after == read)
        },
        ConformanceCase("with an instance go its open targets, and its log stays") { backend in
            let store = try await backend.openOrganization("a")
            for _ in 1...2 { _ = try await store.insertCampaignInstance([.campaignType: "x"], now: now) }
            let touched = try await store.deleteCampaignInstance(id: 1, by: "me", now: now)
            #expect(touched == Touched(campaignInstanceIDs: [1]))
            let again = await errorCode {
                _ = try await store.deleteCampaignInstance(id: 1, by: "me", now: now)
            }
            #expect(again == .notFound)
            let rest = try await store.campaignInstances(ofType: "x", after: nil, limit: 10)
            #expect(rest.items.map(\.id) == [2])
            let log = try await store.campaignChanges(ofInstance: 1, after: nil, limit: 10)
            #expect(log.items.map(\.fieldChanged) == ["deleted"])
        },
    ]
}
