import StoreConformance
import Testing

@Suite("The SQLite stores keep the contracts")
struct ConformanceTests {
    @Test(.timeLimit(.minutes(2)), arguments: ConformanceCase.all)
    func behaviour(_ behaviour: ConformanceCase) async throws {
        try await behaviour.run(on: try SQLiteBackend())
    }
}
