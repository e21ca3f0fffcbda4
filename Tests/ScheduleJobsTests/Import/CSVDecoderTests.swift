import ScheduleJobs
import Testing

@Test func smoke() throws {
    var decoder = CSVDecoder()
    var rows: [String] = []
    let text = "id, Email ,zip_code,x\r\n1,\"a\"\"b@x.com\",75201,\r\n\r\n2,\"open,2\n3,c@x.com,75201,\"a\nb\""
    let receive: (DecodedRow) -> Void = { record in
        switch record {
        case .row(let row): rows.append("\(row.row) \(row.text(of: .email) ?? "-")")
        case .rejected(let rejection): rows.append("\(rejection.row) \(rejection.code) \(rejection.value ?? "")")
        }
    }
    for byte in text.utf8 { try decoder.feed([byte], to: receive) }
    try decoder.finish(to: receive)
    #expect(rows == ["1 a\"b@x.com", "2 malformedRow 2,\"open,2", "3 c@x.com"])
}
