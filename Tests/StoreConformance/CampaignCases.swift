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
        ConformanceCase("a target is stored once for contact, instance and trigger date") { backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(2)
            _ = try await store.insertCampaignInstance([.campaignType: "x"], now: now)
            var draft = TargetDraft(contactID: 2, campaignInstanceID: 1)
            draft.triggerDate = "2026-03-01"
            let dated = draft
            let added = try await store.insertTarget(dated)
            #expect(added.record.status == "pending" && added.touched == Touched(contactIDs: [2]))
            let undated = try await store.insertTarget(TargetDraft(contactID: 2, campaignInstanceID: 1))
            let twice = await errorCode { _ = try await store.insertTarget(dated) }
            let nobody = await errorCode {
                _ = try await store.insertTarget(TargetDraft(contactID: 3, campaignInstanceID: 1))
            }
            let nothing = await errorCode {
                _ = try await store.insertTarget(TargetDraft(contactID: 1, campaignInstanceID: 2))
            }
            let moved = await errorCode {
                _ = try await store.updateTarget(id: undated.record.id, [.triggerDate: "2026-03-01"])
            }
            #expect(twice == .conflict(field: "trigger_date") && moved == twice)
            #expect(nobody == .dangling(field: "contact_id"))
            #expect(nothing == .dangling(field: "campaign_instance_id"))
        },
        ConformanceCase("a target is changed, found and removed, and touches its contact") { backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(3)
            _ = try await store.insertCampaignInstance([.campaignType: "x"], now: now)
            for id in Int64(1)...3 {
                _ = try await store.insertTarget(TargetDraft(contactID: id, campaignInstanceID: 1))
            }
            let noted = try await store.updateTarget(id: 2, [.metadata: "{}"])
            #expect(noted.touched.isEmpty && noted.record.metadata == "{}")
            let ended = try await store.updateTarget(id: 2, [.status: "cancelled", .metadata: nil])
            #expect(ended.touched == Touched(contactIDs: [2]) && ended.record.metadata == nil)
            let read = try await store.target(id: 2)
            #expect(read == ended.record)
            var filter = TargetFilter()
            filter.status = "pending"
            filter.campaignInstanceID = 1
            let first = try await store.targets(filter, after: nil, limit: 1)
            let second = try await store.targets(filter, after: first.nextCursor, limit: 1)
            #expect((first.items + second.items).map(\.contactID) == [1, 3])
            let touched = try await store.deleteTarget(id: 3)
            #expect(touched == Touched(contactIDs: [3]))
            let again = await errorCode { _ = try await store.deleteTarget(id: 3) }
            let change = await errorCode { _ = try await store.updateTarget(id: 3, [:]) }
            #expect(again == .notFound && change == .notFound)
        },
        ConformanceCase("many targets are stored together: added, changed, left as they are, refused") {
            backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(3)
            _ = try await store.insertCampaignInstance([.campaignType: "x"], now: now)
            var drafts = [(3, 1), (1, 1), (9, 1), (1, 9), (2, 1)].map {
                TargetDraft(contactID: Int64($0.0), campaignInstanceID: Int64($0.1))
            }
            let first = try await store.storeTargets(drafts)
            #expect([first.created, first.updated, first.unchanged] == [3, 0, 0])
            #expect(first.rejects.map(\.index) == [2, 3])
            #expect(first.rejects.map(\.field) == ["contact_id", "campaign_instance_id"])
            #expect(first.touched == Touched(contactIDs: [1, 2, 3]))
            drafts[0].status = .cancelled
            drafts[1].metadata = "{}"
            drafts[4].triggerDate = "2026-03-01"
            let second = try await store.storeTargets([drafts[0], drafts[1], drafts[4], drafts[4]])
            #expect([second.created, second.updated, second.unchanged] == [1, 2, 1])
            #expect(second.touched == Touched(contactIDs: [2, 3]))
        },
        ConformanceCase("a removed instance takes its open targets along and leaves those sent") { backend in
            let store = try await backend.openOrganization("a")
            try await store.insertContacts(2)
            _ = try await store.insertCampaignInstance([.campaignType: "x"], now: now)
            for id in Int64(1)...2 {
                _ = try await store.insertTarget(TargetDraft(contactID: id, campaignInstanceID: 1))
            }
            _ = try await store.updateTarget(id: 2, [.status: "sent"])
            _ = try await store.deleteCampaignInstance(id: 1, by: "me", now: now)
            let rest = try await store.targets(TargetFilter(), after: nil, limit: 10)
            #expect(rest.items.map(\.id) == [2])
        },
    ]
}
