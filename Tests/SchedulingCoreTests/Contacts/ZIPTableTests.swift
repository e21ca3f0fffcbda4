import SchedulingCore
import Testing

@Suite("The ZIP table (SPEC 2)")
struct ZIPTableTests {
    @Test(
        "A ZIP lies in the state whose range holds it, at both ends of the range",
        arguments: [
            ("00501", "NY"), ("00544", "NY"), ("00601", "PR"), ("75201", "TX"), ("90210", "CA"),
            ("06390", "NY"), ("06389", "CT"), ("06391", nil), ("99950", "AK"), ("20500", "DC"),
        ] as [(String, StateCode?)])
    func states(zip: String, state: StateCode?) {
        #expect(ZIPTable.bundled.state(ofZIP: Array(zip.utf8).span) == state)
    }

    @Test(
        "Every state with a default rule, and the District, occurs in it",
        arguments: StateRule.defaults().keys.sorted() + ["TX", "DC", "PR"])
    func contains(state: String) throws {
        #expect(ZIPTable.bundled.contains(try #require(StateCode(state))))
    }

    @Test(
        "Of other pairs of letters only military areas occur in it",
        arguments: [("ZZ", false), ("XX", false), ("AA", true), ("AE", true), ("AP", true)]
            as [(StateCode, Bool)])
    func others(state: StateCode, occurs: Bool) {
        #expect(ZIPTable.bundled.contains(state) == occurs)
    }

    @Test("It knows the time zone of a ZIP", arguments: [("00501", "America/New_York"), ("00000", nil)])
    func timeZone(zip: String, zone: String?) {
        let position = ZIPTable.bundled.timeZone(ofZIP: Array(zip.utf8).span)
        #expect(position.map { ZIPTable.bundled.timeZones[$0] } == zone)
    }

    @Test("A state code is two letters of any case", arguments: ["C", "CAL", "C1", "", "[A", "é"])
    func codes(text: String) {
        #expect(StateCode(text) == nil)
    }

    @Test("A state code reads back as its capital letters, in the order of the alphabet")
    func codeText() {
        let text = "tx"
        #expect(StateCode(text)?.description == "TX")
        #expect(("CA" as StateCode) < "TX")
        #expect(("AA" as StateCode).index == 0)
        #expect(("ZZ" as StateCode).index == 675)
    }
}
