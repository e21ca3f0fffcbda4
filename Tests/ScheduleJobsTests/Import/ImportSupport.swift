import ScheduleJobs
import SchedulingCore

/// What a file decodes to: one line a row, then the file's error if it has one.
struct Decoded: Equatable {
    var lines: [String] = []
    var error: ImportFileError.Code?
    var unknownColumns: [String] = []
}

/// Decodes a file that is cut before the given positions.
func decode(
    _ bytes: [UInt8], as format: ImportDecoder.Format, cuts: [Int] = [], limits: ImportLimits = ImportLimits()
) -> Decoded {
    var decoder = ImportDecoder(format: format, limits: limits)
    var result = Decoded()
    let receive: (DecodedRow) -> Void = { result.lines.append(describe($0)) }
    var start = 0
    do {
        for end in cuts + [bytes.count] {
            try decoder.feed(Array(bytes[start..<end]), to: receive)
            start = end
        }
        try decoder.finish(to: receive)
    } catch {
        result.error = (error as? ImportFileError)?.code
    }
    result.unknownColumns = decoder.unknownColumns
    return result
}

/// Decodes a text in one piece.
func decode(
    _ text: String, as format: ImportDecoder.Format, limits: ImportLimits = ImportLimits()
) -> Decoded {
    decode(Array(text.utf8), as: format, limits: limits)
}

/// `1 id=7 email=a@b` or `1 malformed_row [field] value`.
private func describe(_ row: DecodedRow) -> String {
    switch row {
    case .row(let row):
        let columns = ImportColumn.allCases.compactMap { column in
            row.text(of: column).map { "\(column.name)=\($0)" }
        }
        return (["\(row.row)"] + columns).joined(separator: " ")
    case .rejected(let rejection):
        let field = rejection.field.map { "[\($0)] " } ?? ""
        return "\(rejection.row) \(rejection.code.rawValue) \(field)\(rejection.value ?? "")"
    }
}

/// Small numbers that look random and are the same in every run of a seed.
struct TestRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
