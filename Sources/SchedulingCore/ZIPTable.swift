/// Five-digit ZIP codes and the state and time zone each lies in, from the ranges in
/// `Resources/zip_state_ranges.csv`.
public struct ZIPTable: Sendable {
    /// The table that comes with the product.
    public static let bundled = ZIPTable(csv: PackageResources.zip_state_ranges_csv)

    private struct Area { let state: StateCode; let timeZone: Int? }

    /// The IANA time zones that occur, each once.
    public private(set) var timeZones: [String] = []
    private var areas: [Area] = []
    /// For each of the 100,000 codes 0 for no area, else its position in `areas` plus one.
    private var areaOfZIP = [UInt16](repeating: 0, count: 100_000)
    private var isKnown = [Bool](repeating: false, count: StateCode.count)

    /// Reads lines of `first_zip,last_zip,state,time_zone` below a header. Lines that do not have that form
    /// are passed over.
    init(csv: [UInt8]) {
        for line in csv.split(separator: UInt8(ascii: "\n")).dropFirst() {
            let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            guard fields.count == 4, let first = ZIPTable.number(of: Array(fields[0]).span),
                let last = ZIPTable.number(of: Array(fields[1]).span), first <= last,
                let state = StateCode(Array(fields[2]).span)
            else { continue }
            let zone = String(decoding: fields[3], as: UTF8.self)
            areas.append(Area(state: state, timeZone: zone.isEmpty ? nil : position(ofZone: zone)))
            isKnown[Int(state.index)] = true
            for zip in first...last { areaOfZIP[zip] = UInt16(areas.count) }
        }
    }

    /// Whether some ZIP lies in this state.
    public func contains(_ state: StateCode) -> Bool { isKnown[Int(state.index)] }

    /// The state of a ZIP code (`12345` or `12345-6789`), nil where it is malformed or in no range.
    public func state(ofZIP zip: Span<UInt8>) -> StateCode? { area(zip)?.state }

    /// The state of the five-digit code with a number, nil where it is in no range.
    public func state(ofZIPNumber number: Int) -> StateCode? {
        guard areaOfZIP.indices.contains(number), areaOfZIP[number] > 0 else { return nil }
        return areas[Int(areaOfZIP[number]) - 1].state
    }

    /// The ranges of codes that lie in one state each, in order, as long as they can be.
    public var stateRanges: [(zips: ClosedRange<Int>, state: StateCode)] {
        var ranges: [(zips: ClosedRange<Int>, state: StateCode)] = []
        for number in areaOfZIP.indices {
            guard let state = state(ofZIPNumber: number) else { continue }
            if let last = ranges.last, last.state == state, last.zips.upperBound == number - 1 {
                ranges[ranges.count - 1].zips = last.zips.lowerBound...number
            } else {
                ranges.append((number...number, state))
            }
        }
        return ranges
    }

    /// The position in `timeZones` of the time zone of a ZIP code, nil where the table has none.
    public func timeZone(ofZIP zip: Span<UInt8>) -> Int? { area(zip)?.timeZone }

    private mutating func position(ofZone name: String) -> Int {
        if let position = timeZones.firstIndex(of: name) { return position }
        timeZones.append(name)
        return timeZones.count - 1
    }

    private func area(_ zip: Span<UInt8>) -> Area? {
        guard let number = ZIPTable.number(of: zip), areaOfZIP[number] > 0 else { return nil }
        return areas[Int(areaOfZIP[number]) - 1]
    }

    /// The first five digits of a ZIP or ZIP+4, nil where it has neither form (SPEC 2).
    static func number(of zip: Span<UInt8>) -> Int? {
        guard let number = zip.count >= 5 ? CivilDate.number(zip, 0..<5) : nil else { return nil }
        if zip.count == 5 { return number }
        guard zip.count == 10, zip[5] == UInt8(ascii: "-"), CivilDate.number(zip, 6..<10) != nil else {
            return nil
        }
        return number
    }
}
