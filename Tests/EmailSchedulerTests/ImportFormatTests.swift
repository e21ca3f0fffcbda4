import EmailScheduler
import ScheduleJobs
import Testing

@Suite struct ImportFormatTests {
    @Test(arguments: [
        ("a.csv", "[", ImportDecoder.Format.csv), ("a.b.NDJSON", "", .ndjson), ("a.jsonl", "", .ndjson),
        ("a.json", "{", .jsonArray), ("-", "\n [", .jsonArray), ("-", "{", .ndjson),
        ("contacts", "id,email", .csv),
        ("-", "\u{FEFF}[", .jsonArray), ("-", "", .csv), ("data.txt", "{\"email\"", .ndjson),
    ])
    func `the format is that of the name, else of the content`(
        _ name: String, _ beginning: String, _ format: ImportDecoder.Format
    ) {
        #expect(ImportCommand.format(name: name, beginning: Array(beginning.utf8)) == format)
    }
}
