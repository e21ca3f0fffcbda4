import SchedulingCore
import Testing

@Suite("The hash that spreads contacts (SPEC 5)")
struct FNVHashTests {
    @Test(
        "Known texts have their published FNV-1a values",
        arguments: [
            ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8),
            ("1_aep", 0x2665_9e1e_fe01_17e5), ("é", FNVHashTests.bytes([0xC3, 0xA9])),
        ] as [(String, UInt64)])
    func vectors(text: String, value: UInt64) {
        #expect(FNVHash(text).value == value)
    }

    @Test("Numbers and dates are hashed as the text they are written as", arguments: [0, 7, 10, 999, -12])
    func parts(number: Int64) {
        var hash = FNVHash()
        hash.combine(number)
        hash.combine(literal: "_birthday_")
        hash.combine("2026-03-01" as CivilDate)
        #expect(hash.value == FNVHash("\(number)_birthday_2026-03-01").value)
    }

    @Test("The largest and smallest numbers are hashed whole", arguments: [Int64.max, Int64.min])
    func extremes(number: Int64) {
        var hash = FNVHash()
        hash.combine(number)
        #expect(hash.value == FNVHash("\(number)").value)
    }

    @Test("The remainder is that of an unsigned number")
    func unsigned() {
        // 0xaf63dc4c8601ec8c is negative as a signed number; mod 7 it is 5.
        #expect(FNVHash("a").index(in: 7) == 5)
        #expect(FNVHash("a").index(in: 1) == 0)
    }

    static func bytes(_ bytes: [UInt8]) -> UInt64 {
        var hash = FNVHash()
        for byte in bytes { hash.combine(byte: byte) }
        return hash.value
    }
}
