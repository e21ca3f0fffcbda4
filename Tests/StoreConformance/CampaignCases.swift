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
        }
    ]
}
