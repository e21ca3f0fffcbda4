import ScheduleStore
import Testing

extension ConformanceCase {
    /// Configurations and their versions.
    static let configurations: [ConformanceCase] = [
        ConformanceCase("configurations are numbered from 1, and the same one twice is one") { backend in
            let store = try await backend.openOrganization("a")
            #expect(try await store.effectiveConfiguration() == nil)
            let first = try await store.storeConfiguration(draft(.file, "{\"a\":1}"), now: now)
            #expect(first.isNew && first.touched.isEmpty)
            #expect(first.record.version == 1 && first.record.createdBy == "somebody")
            #expect(first.record.createdAt == now)
            let again = try await store.storeConfiguration(
                draft(.file, "{\"a\":1}"), now: "2026-02-01 00:00:00")
            #expect(!again.isNew && again.record == first.record)
            let second = try await store.storeConfiguration(draft(.file, "{\"a\":2}"), now: now)
            #expect(second.record.version == 2)
            #expect(try await store.configuration(version: 1)?.data == "{\"a\":1}")
            #expect(try await store.configuration(version: 3) == nil)
            // What was left behind can come again.
            let third = try await store.storeConfiguration(draft(.file, "{\"a\":1}"), now: now)
            #expect(third.isNew && third.record.version == 3)
        },
        ConformanceCase("an organisation's own configuration goes before later ones of the file") { backend in
            let store = try await backend.openOrganization("a")
            _ = try await store.storeConfiguration(draft(.file, "f1"), now: now)
            let own = try await store.storeConfiguration(draft(.organization, "o"), now: now)
            #expect(own.touched == .everybody)
            let file = try await store.storeConfiguration(draft(.file, "f2"), now: now)
            #expect(file.record.version == 3)
            #expect(try await store.effectiveConfiguration() == own.record)
        },
        ConformanceCase("a configuration replaces only the version that it is meant for") { backend in
            let store = try await backend.openOrganization("a")
            var draft = draft(.organization, "o1")
            draft.replacing = [1]
            #expect(
                await errorCode { _ = try await store.storeConfiguration(draft, now: now) } == .wrongState)
            draft.replacing = nil
            _ = try await store.storeConfiguration(draft, now: now)
            draft.data = "o2"
            draft.replacing = [7, 1]
            #expect(try await store.storeConfiguration(draft, now: now).record.version == 2)
            #expect(
                await errorCode { _ = try await store.storeConfiguration(draft, now: now) } == .wrongState)
            draft.replacing = []
            #expect(
                await errorCode { _ = try await store.storeConfiguration(draft, now: now) } == .wrongState)
            #expect(try await store.configurations(before: nil, limit: 10).items.map(\.version) == [2, 1])
        },
        ConformanceCase("configurations are listed newest first, in pages") { backend in
            let store = try await backend.openOrganization("a")
            for number in 1...5 {
                _ = try await store.storeConfiguration(draft(.organization, "\(number)"), now: now)
            }
            let first = try await store.configurations(before: nil, limit: 2)
            #expect(first.items.map(\.version) == [5, 4] && first.nextCursor == 4)
            let last = try await store.configurations(before: 2, limit: 2)
            #expect(last.items.map(\.version) == [1] && last.nextCursor == nil)
        },
        ConformanceCase("configurations that another program stored are left alone and not taken for ours") {
            backend in
            _ = try await backend.openOrganization("a")
            for version in [1, 9] as [Int64] {
                try await backend.insert(
                    [
                        "config_type": "timing", "config_data": "{\"x\":1}", "version": .number(version),
                        "created_at": "2025-01-01", "created_by": "seed",
                    ], into: "config_versions", ofOrganization: "a")
            }
            let store = try await backend.openOrganization("a")
            #expect(try await store.effectiveConfiguration() == nil)
            let stored = try await store.storeConfiguration(draft(.file, "{}"), now: now)
            #expect(stored.record.version == 1)
            #expect(try await store.configurations(before: nil, limit: 10).items == [stored.record])
        },
    ]

    private static func draft(
        _ source: ConfigurationRecord.Source, _ data: String
    ) -> ConfigurationDraft {
        ConfigurationDraft(source: source, data: data, createdBy: "somebody")
    }
}
