import StoreConformance
import Testing

@Suite("The SQLite stores keep the contracts")
struct ConformanceTests {
    @Test(arguments: ConformanceCase.all)
    func behaviour(_ behaviour: ConformanceCase) async throws {
        try await behaviour.run(on: try SQLiteBackend())
    }
}
