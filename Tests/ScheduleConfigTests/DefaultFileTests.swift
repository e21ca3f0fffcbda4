import Foundation
import ScheduleConfig
import SchedulingCore
import Testing

/// The file that comes with the product: `Config/scheduler.yaml`.
@Suite struct DefaultFileTests {
    private let text: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        text = try String(contentsOf: root.appending(path: "Config/scheduler.yaml"), encoding: .utf8)
    }

    @Test func isExactlyTheDefaults() throws {
        #expect(try Settings(yaml: Array(text.utf8), file: "scheduler.yaml") == Settings())
    }

    @Test func namesEveryKnownKey() {
        let keys = Settings.knownKeys
        #expect(keys.count > 50)
        for key in keys {
            let name = key.split(separator: ".").last { $0 != "*" }?.replacing("[]", with: "") ?? ""
            #expect(text.contains("\(name):") || text.contains("#   \(name)  "), "\(key)")
        }
    }

    @Test func spellsOutEveryDefaultValue() throws {
        let settings = try Settings(yaml: Array(text.utf8), file: "scheduler.yaml")
        for state in StateRule.defaults().keys { #expect(text.contains("\n  \(state):")) }
        for type in CampaignType.defaults.keys { #expect(text.contains("\n  \(type):\n")) }
        for type in TemplatePair.defaults.keys { #expect(text.contains("\n  \(type): {")) }
        #expect(settings.tree == Settings().tree)
    }
}
