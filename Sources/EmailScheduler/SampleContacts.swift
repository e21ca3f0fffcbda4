package import SchedulingCore

/// Made-up contacts like those of an insurance agency that sells Medicare plans, as a CSV file. The same
/// seed gives the same contacts on every machine, and the first of many are the same as the first of few.
///
/// States come up as often as people live there, with ZIP codes of their own; most contacts are 60 to 95
/// years old; three in five policies begin on the first of a month. One row in a hundred is bad on purpose.
package struct SampleContacts: Sendable {
    /// The first line of the file.
    package static let header =
        "id,first_name,last_name,email,zip_code,state,birth_date,effective_date,phone_number\n"

    private let count: Int
    private let seed: UInt64
    private let today: CivilDate
    private let states: [StateZIPs]
    private let totalWeight: Int

    /// A state with its ZIP codes, and where its share of the population ends.
    private struct StateZIPs {
        var code: [UInt8]
        var zips: [Int32]
        var weightEnd: Int
    }

    /// So many contacts, in the state in which they are on a date.
    package init(count: Int, seed: UInt64, today: CivilDate, zipTable: ZIPTable = .bundled) {
        self.count = count
        self.seed = seed
        self.today = today
        var zipsOfState: [StateCode: [Int32]] = [:]
        for number in 0..<100_000 {
            if let state = zipTable.state(ofZIPNumber: number) {
                zipsOfState[state, default: []].append(Int32(number))
            }
        }
        var weight = 0
        states = SampleNames.populations.compactMap { name, thousands in
            guard let state = StateCode(name), let zips = zipsOfState[state] else { return nil }
            weight += thousands
            return StateZIPs(code: Array(name.utf8), zips: zips, weightEnd: weight)
        }
        totalWeight = max(1, weight)
    }

    /// Writes the file in pieces of about so many bytes.
    package func write(pieceBytes: Int = 1 << 18, to receive: ([UInt8]) throws -> Void) rethrows {
        var bytes = Array(SampleContacts.header.utf8)
        bytes.reserveCapacity(pieceBytes + 1_024)
        for id in stride(from: 1, through: count, by: 1) {
            appendContact(id, to: &bytes)
            if bytes.count >= pieceBytes {
                try receive(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        if !bytes.isEmpty { try receive(bytes) }
    }

    /// What is wrong with a bad row.
    private enum Fault: Int, CaseIterable {
        case noEmail, noSign, twoSigns, spaceInEmail, unknownZIP, shortZIP, noSuchDay, dateInWords,
            bornTomorrow
    }

    private func appendContact(_ id: Int, to bytes: inout [UInt8]) {
        var random = SplitMix64(seed: seed, stream: UInt64(id))
        let fault = random.isTrue(inThousand: 10) ? Fault.allCases[random.below(Fault.allCases.count)] : nil
        let first = SampleNames.first[random.below(SampleNames.first.count)]
        let last = SampleNames.last[random.below(SampleNames.last.count)]
        appendNumber(id, to: &bytes)
        bytes.append(comma)
        bytes += first.written
        bytes.append(comma)
        if random.isTrue(inThousand: 5) {
            bytes += [quote] + last.written + Array(", Jr.\"".utf8)
        } else {
            bytes += last.written
        }
        bytes.append(comma)
        appendEmail(first, last, id, fault, &random, to: &bytes)
        bytes.append(comma)
        appendPlace(fault, &random, to: &bytes)
        bytes.append(comma)
        let age = appendBirthDate(fault, &random, to: &bytes)
        bytes.append(comma)
        appendEffectiveDate(fault, age: age, &random, to: &bytes)
        bytes.append(comma)
        appendPhone(&random, to: &bytes)
        bytes.append(lineFeed)
    }

    private func appendEmail(
        _ first: SampleNames.Name, _ last: SampleNames.Name, _ id: Int, _ fault: Fault?,
        _ random: inout SplitMix64, to bytes: inout [UInt8]
    ) {
        if fault == .noEmail { return }
        bytes += first.plain
        bytes.append(fault == .spaceInEmail ? space : UInt8(ascii: "."))
        bytes += last.plain
        appendNumber(id, to: &bytes)
        if fault != .noSign { bytes.append(UInt8(ascii: "@")) }
        if fault == .twoSigns { bytes.append(UInt8(ascii: "@")) }
        bytes += SampleNames.domains[random.below(SampleNames.domains.count)]
    }

    /// ZIP code and state; the state is empty at times, where the ZIP decides.
    private func appendPlace(_ fault: Fault?, _ random: inout SplitMix64, to bytes: inout [UInt8]) {
        let draw = random.below(totalWeight)
        guard let state = states.first(where: { draw < $0.weightEnd }) else {
            bytes.append(comma)
            return
        }
        let zip = Int(state.zips[random.below(state.zips.count)])
        switch fault {
        case .unknownZIP: bytes += Array("00000".utf8)
        case .shortZIP: appendDigits(zip % 10_000, count: 4, to: &bytes)
        default:
            appendDigits(zip, count: 5, to: &bytes)
            if random.isTrue(inThousand: 80) {
                bytes.append(hyphen)
                appendDigits(random.below(10_000), count: 4, to: &bytes)
            }
        }
        bytes.append(comma)
        if !random.isTrue(inThousand: 50) { bytes += state.code }
    }

    /// The birth date; returns the age in years, also where the date is left out.
    private func appendBirthDate(
        _ fault: Fault?, _ random: inout SplitMix64, to bytes: inout [UInt8]
    ) -> Int {
        let age: Int
        switch random.below(100) {
        case ..<6: age = 20 + random.below(40)
        case ..<12: age = 60 + random.below(5)
        case ..<80: age = 65 + random.below(15)
        default: age = 80 + random.below(16)
        }
        let isMissing = random.isTrue(inThousand: 10)
        let isLeapDay = random.isTrue(inThousand: 4)
        let daysBack = 1 + age * 365 + age / 4 + random.below(365)
        if fault == .bornTomorrow {
            append(today + 1, to: &bytes)
        } else if !isMissing {
            let date = today - daysBack
            let leapYear = date.year - date.year % 4
            append(isLeapDay ? CivilDate(year: leapYear, month: 2, day: 29) ?? date : date, to: &bytes)
        }
        return age
    }

    /// The policy's effective date: from the sixty-fifth birthday on, most of the last years most often.
    private func appendEffectiveDate(
        _ fault: Fault?, age: Int, _ random: inout SplitMix64, to bytes: inout [UInt8]
    ) {
        if fault == .noSuchDay { return bytes += Array("2023-02-30".utf8) }
        if fault == .dateInWords { return bytes += Array("1st of May".utf8) }
        if random.isTrue(inThousand: 50) { return }
        let years = min(max(1, age - 64), 1 + random.below(15))
        var date = today - random.below(years * 365)
        if random.isTrue(inThousand: 20) { date = today + (1 + random.below(90)) }
        let (year, month, _) = date.components
        let isFirst = random.isTrue(inThousand: 587)
        append(isFirst ? CivilDate(year: year, month: month, day: 1) ?? date : date, to: &bytes)
    }

    /// A phone number out of those that nobody has.
    private func appendPhone(_ random: inout SplitMix64, to bytes: inout [UInt8]) {
        if random.isTrue(inThousand: 120) { return }
        if random.isTrue(inThousand: 300) { bytes += [UInt8(ascii: "+"), UInt8(ascii: "1"), hyphen] }
        appendNumber(201 + random.below(788), to: &bytes)
        bytes += [hyphen, 53, 53, 53, hyphen]
        appendDigits(100 + random.below(100), count: 4, to: &bytes)
    }

    private func append(_ date: CivilDate, to bytes: inout [UInt8]) { date.forEachByte { bytes.append($0) } }

    private func appendNumber(_ number: Int, to bytes: inout [UInt8]) {
        var digits = 1
        var rest = number
        while rest >= 10 {
            digits += 1
            rest /= 10
        }
        appendDigits(number, count: digits, to: &bytes)
    }

    private func appendDigits(_ number: Int, count: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = number
        for _ in 0..<count { bytes.append(UInt8(ascii: "0")) }
        for position in stride(from: start + count - 1, through: start, by: -1) {
            bytes[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}

private let comma = UInt8(ascii: ",")
private let hyphen = UInt8(ascii: "-")
private let lineFeed: UInt8 = 10
private let quote = UInt8(ascii: "\"")
private let space = UInt8(ascii: " ")
