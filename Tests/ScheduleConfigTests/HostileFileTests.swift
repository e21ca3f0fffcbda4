import ScheduleConfig
import Testing

@Suite struct HostileFileTests {
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            bomb + "runs: *a9", bomb + "? *a9\n: 1", bomb + "*a9 : 1", bomb + "x: {*a9 : 1}",
            bomb + "x: {*a9:1}",
            bomb + "[*a9, *a9]: 1", bomb + "x: {? [*a9]\n : 1, ?[*a9]: 2}", bomb + "{\"a # b\", *a9 : 1}: 2",
            String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000) + "x",
            String(repeating: "{a: ", count: 900), String(repeating: "? ", count: 5_000),
            "a: &a [*a]", String(repeating: "a: 1\n", count: 2_000), String(repeating: "*a ", count: 2_000),
            String(repeating: "x", count: 2 << 20), "!!binary x: y", "%YAML 9.9\n---\na: b", "a: !<tag:x> b",
            (0..<20_000).map { "k\($0): 1\n" }.joined(), "\0", "a: \"\\ud800\"", "a: &a b\n&c *a : d",
            "<<: <<",
            "campaign_types: {" + (0..<5_000).map { "t\($0): {}" }.joined(separator: ",") + "}",
        ])
    func isRefusedInGoodTime(yaml: String) {
        let found = problems(yaml)
        #expect(!found.isEmpty && found.count <= 500)
    }

    /// Ten levels of ten aliases each.
    private static let bomb =
        "a0: &a0 [x]\n"
        + (1...9).map { level in
            "a\(level): &a\(level) [\(repeatElement("*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }.joined()

    @Test(arguments: [0, 1, 2, 3, 4, 5, 6, 7])
    func brokenFilesNeverTrap(seed: UInt64) {
        let good = Array(
            """
            timing_constants: {send_time: "08:30:00", followup_days_after: 2}
            state_rules:
              CA: &ca {birthday_window: [{window_before_days: 30, effective_from: 2024-01-01}]}
              OR: {<<: *ca, year_round: false}
            """.utf8)
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let alphabet = Array("{}[]:,-&*?!|>'\"#%@`\n\t <~=aZ09\u{E9}".utf8)
        for _ in 0..<150 {
            var bytes = good
            for _ in 0...next(4) {
                let position = next(bytes.count)
                switch next(3) {
                case 0: bytes[position] = alphabet[next(alphabet.count)]
                case 1: bytes.insert(alphabet[next(alphabet.count)], at: position)
                default: bytes.removeSubrange(position..<min(bytes.count, position + next(5)))
                }
            }
            _ = try? Settings(yaml: bytes, file: "f")
        }
    }
}
