import SchedulingCore
import Testing

@Suite("Which contacts are processed (SPEC 2)")
struct ContactTests {
    /// The columns of a valid contact in Texas, to be broken one by one.
    struct Columns {
        var email = "ann@example.com"
        var zip = "75201"
        var state = ""
        var birth = "1950-06-15"
        var effective = "2019-04-01"
        var phone = ""

        func contact(on today: CivilDate = "2026-03-01") -> Contact {
            let (email, zip, state) = (Array(email.utf8), Array(zip.utf8), Array(state.utf8))
            let (birth, effective, phone) = (Array(birth.utf8), Array(effective.utf8), Array(phone.utf8))
            return Contact(
                id: 1, email: email.span, zipCode: zip.span, state: state.span, birthDate: birth.span,
                effectiveDate: effective.span, phoneNumber: phone.span, today: today, zipTable: .bundled)
        }
    }

    private func contact(_ edit: (inout Columns) -> Void) -> Contact {
        var columns = Columns()
        edit(&columns)
        return columns.contact()
    }

    @Test("A contact with every column right is valid, its dates read and its state found")
    func valid() {
        let contact = contact { _ in }
        #expect(contact.invalidity == nil)
        #expect(contact.state == "TX")
        #expect(contact.birthDate == "1950-06-15")
        #expect(contact.effectiveDate == "2019-04-01")
        #expect(!contact.hasStateZIPMismatch)
    }

    @Test("Dates may be absent")
    func noDates() {
        #expect(contact { ($0.birth, $0.effective) = ("", "") }.invalidity == nil)
    }

    @Test("An e-mail address that is empty or only spaces is missing", arguments: ["", "  "])
    func missingEmail(email: String) {
        #expect(contact { $0.email = email }.invalidity == .missingEmail)
    }

    @Test(
        "An address needs exactly one @, something on both sides of it, and no white space inside",
        arguments: [
            "ann", "@", "ann@", "@example.com", "a@b@c", "a@@b", "an n@example.com", "a@b\tc", "a@ b",
            "an\u{A0}n@b", "a@b\u{2003}c", "a@\u{3000}b", "a\u{2028}@b", "a\u{85}b@c",
        ])
    func invalidEmail(email: String) {
        #expect(contact { $0.email = email }.invalidity == .invalidEmail)
    }

    @Test("Spaces around an address are ignored", arguments: [" ann@example.com", "a@b ", "  é@ü  "])
    func spacedEmail(email: String) {
        #expect(contact { $0.email = email }.invalidity == nil)
    }

    @Test(
        "Every kind of Unicode's white space is a space",
        arguments: [
            0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F,
            0x205F, 0x3000,
        ] as [UInt32])
    func kindOfSpace(code: UInt32) throws {
        let space = String(try #require(Unicode.Scalar(code)))
        #expect(contact { $0.email = "\(space)a@é\(space)\(space)" }.invalidity == nil)
        #expect(contact { $0.email = "a\(space)b@c" }.invalidity == .invalidEmail)
        #expect(contact { $0.email = space }.invalidity == .missingEmail)
        #expect(contact { $0.zip = "\(space)75201\(space)" }.state == "TX")
        #expect(contact { $0.state = " \(space)ca\(space) " }.state == "CA")
    }

    @Test(
        "Characters whose bytes resemble white space are none",
        arguments: ["à", "☠", "耀", "\u{200B}", "\u{A1}"])
    func noSpace(character: String) {
        #expect(contact { $0.email = "\(character)@\(character)" }.invalidity == nil)
        #expect(contact { $0.email = character }.invalidity == .invalidEmail)
        #expect(contact { $0.zip = "75201\(character)" }.invalidity == .invalidZIP)
    }

    @Test("A ZIP that is empty or only spaces is missing", arguments: ["", " "])
    func missingZIP(zip: String) {
        #expect(contact { $0.zip = zip }.invalidity == .missingZIP)
    }

    @Test(
        "A ZIP is five digits, or five digits, a hyphen and four digits",
        arguments: [
            "7520", "752011", "75201-", "75201-123", "75201-12345", "75201 1234", "752011234", "7520a",
            "75201-12a4", "75-201", "-75201",
        ])
    func invalidZIP(zip: String) {
        #expect(contact { $0.zip = zip }.invalidity == .invalidZIP)
    }

    @Test(
        "A ZIP in no range of the table is invalid, whatever the state says", arguments: ["00000", "99999"])
    func unknownZIP(zip: String) {
        #expect(contact { ($0.zip, $0.state) = (zip, "TX") }.invalidity == .invalidZIP)
    }

    @Test(
        "Spaces around a ZIP are ignored, and ZIP+4 counts as its ZIP", arguments: [" 75201 ", "75201-0001"])
    func validZIP(zip: String) {
        #expect(contact { $0.zip = zip }.state == "TX")
        #expect(contact { $0.zip = zip }.invalidity == nil)
    }

    @Test(
        "A birth date that is present and no date makes a contact invalid",
        arguments: ["1950-02-30", "1950-6-15", "15/06/1950", " ", "1950-06-15 ", "1950-06-15T00:00:00"])
    func invalidBirth(text: String) {
        #expect(contact { $0.birth = text }.invalidity == .invalidDate)
    }

    @Test("So does an effective date", arguments: ["2019-13-01", "x", "2019-02-29"])
    func invalidEffective(text: String) {
        #expect(contact { $0.effective = text }.invalidity == .invalidDate)
    }

    @Test(
        "A birth date may be today and not after",
        arguments: [("2026-03-01", nil), ("2026-03-02", .invalidDate)] as [(String, Contact.Invalidity?)])
    func futureBirth(text: String, expected: Contact.Invalidity?) {
        #expect(contact { $0.birth = text }.invalidity == expected)
    }

    @Test("An effective date may lie in the future")
    func futureEffective() {
        #expect(contact { $0.effective = "2027-01-01" }.invalidity == nil)
    }

    @Test("Of several reasons the first in the list is given")
    func precedence() {
        var columns = Columns(email: "", zip: "", birth: "x", effective: "x")
        #expect(columns.contact().invalidity == .missingEmail)
        columns.email = "@"
        #expect(columns.contact().invalidity == .invalidEmail)
        columns.email = "a@b"
        #expect(columns.contact().invalidity == .missingZIP)
        columns.zip = "1"
        #expect(columns.contact().invalidity == .invalidZIP)
        columns.zip = "75201"
        #expect(columns.contact().invalidity == .invalidDate)
    }

    @Test(
        "The contact's own state comes before that of its ZIP, in any case", arguments: ["CA", "ca", " Ca "])
    func ownState(state: String) {
        #expect(contact { $0.state = state }.state == "CA")
    }

    @Test(
        "A state that is no code of the ZIP table gives way to that of the ZIP",
        arguments: ["", " ", "C", "California", "ZZ", "C1"])
    func unknownState(state: String) {
        #expect(contact { $0.state = state }.state == "TX")
        #expect(!contact { $0.state = state }.hasStateZIPMismatch)
    }

    @Test("A mismatch is noted where state and ZIP both say something and disagree")
    func mismatch() {
        #expect(contact { $0.state = "CA" }.hasStateZIPMismatch)
        #expect(!contact { $0.state = "tx" }.hasStateZIPMismatch)
        #expect(!contact { ($0.state, $0.zip) = ("CA", "00000") }.hasStateZIPMismatch)
    }

    @Test("A phone number is anything but spaces", arguments: [("", false), ("  ", false), (" 5 ", true)])
    func phone(text: String, expected: Bool) {
        #expect(contact { $0.phone = text }.hasPhone == expected)
    }

    @Test("The check of one column agrees with that of the whole contact")
    func columnChecks() {
        #expect(Contact.problem(ofEmail: Array(" a@b".utf8).span) == nil)
        #expect(Contact.problem(ofEmail: Array(" ".utf8).span) == .missingEmail)
        #expect(Contact.problem(ofEmail: Array("a@".utf8).span) == .invalidEmail)
        #expect(Contact.problem(ofZIP: Array(" ".utf8).span, zipTable: .bundled) == .missingZIP)
        #expect(Contact.problem(ofZIP: Array("00000".utf8).span, zipTable: .bundled) == .invalidZIP)
        #expect(Contact.problem(ofZIP: Array("75201-1234".utf8).span, zipTable: .bundled) == nil)
    }
}

@Suite("What becomes of an invalid contact's rows (SPEC 2)")
struct InvalidContactTests {
    private func invalidWorld() -> World {
        var world = World(on: "2026-03-01", born: "1950-06-15")
        world.change(1) { $0.invalidity = .missingZIP }
        return world
    }

    @Test("It gets no schedule and is counted by its reason")
    func counted() {
        var world = invalidWorld()
        let outcome = world.run()
        #expect(world.rows.isEmpty)
        #expect(outcome.report.invalid == [.missingZIP: 1])
        #expect(outcome.report.contactsProcessed == 0)
    }

    @Test("Its planned and skipped rows of today and later are removed")
    func removed() {
        var world = invalidWorld()
        world.row(1, "birthday", "2026-03-01", event: "2026-03-15")
        world.row(1, "birthday", "2027-06-01", event: "2027-06-15")
        world.row(1, "aep", "2026-09-15", "skipped", event: "2026-09-15")
        world.run()
        #expect(world.rows.isEmpty)
    }

    @Test("Past, committed and skipped follow-up rows of it are kept")
    func kept() {
        var world = invalidWorld()
        world.row(1, "aep", "2025-09-15", "skipped", event: "2025-09-15") { $0.skipReason = "suppressed" }
        world.row(1, "birthday", "2026-06-01", "scheduled", event: "2026-06-15")
        world.row(1, "followup_1_cold", "2026-03-05", "skipped")
        let before = world.rows
        world.run()
        #expect(world.rows == before)
    }

    @Test("A planned row of it whose day has passed expires")
    func expires() {
        var world = invalidWorld()
        world.row(1, "birthday", "2026-02-28", event: "2026-03-14")
        world.run()
        #expect(world.schedule() == ["birthday 2026-02-28 skipped expired"])
    }

    @Test("It gets no follow-up either")
    func noFollowup() {
        var world = invalidWorld()
        world.row(1, "birthday", "2026-02-27", "sent", event: "2026-03-13")
        world.run()
        #expect(world.schedule() == ["birthday 2026-02-27 sent"])
    }
}
