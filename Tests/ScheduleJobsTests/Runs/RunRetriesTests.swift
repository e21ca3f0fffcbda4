import ScheduleJobs
import ScheduleStore
import SchedulingCore
import Testing

/// When runs that could not go on are tried again.
@Suite struct RunRetriesTests {
    private func run(_ id: Int64 = 1, tries: Int) -> RunRecord {
        var run = RunRecord(
            id: id, request: RunRequest(kind: .full, today: CivilDate(dayNumber: 20_458)), createdAt: "")
        run.tries = tries
        return run
    }

    private func failure(_ code: StoreError.Code) -> StoreError {
        StoreError(code, operation: "store a batch", cause: "\(code)")
    }

    @Test(arguments: 0...20 as ClosedRange<UInt64>)
    func `pauses double up to the longest, each by its seed between half and the whole of it`(
        seed: UInt64
    ) {
        var retries = RunRetries()
        retries.seed = seed
        for (tries, whole) in [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 60), (1000, 60)] {
            for id in 1...50 as ClosedRange<Int64> {
                let pause = retries.pause_s(runID: id, tries: tries)
                #expect((whole + 1) / 2...whole ~= Int(pause), "seed \(seed), run \(id), \(tries) tries")
                #expect(pause == retries.pause_s(runID: id, tries: tries))
            }
        }
    }

    @Test func `runs that failed together are not tried again together, nor alike by all processes`() {
        var retries = RunRetries()
        let runs = Set((1...200).map { retries.pause_s(runID: $0, tries: 5) })
        #expect(runs.count > 25)
        let seeds = Set(
            (1...200 as ClosedRange<UInt64>).map { seed in
                retries.seed = seed
                return retries.pause_s(runID: 1, tries: 5)
            })
        #expect(seeds.count > 25)
    }

    @Test func `a run is given up after so many tries, but never for the environment`() throws {
        let retries = RunRetries()
        let unexplained = failure(.internalFailure)
        for tries in 1..<retries.most {
            let delay = try #require(retries.delay(of: run(tries: tries), after: unexplained, now_s: 1000))
            #expect(delay.tries == tries && delay.cause.contains("internalFailure"))
            #expect(delay.notBefore_s == 1000 + retries.pause_s(runID: 1, tries: tries))
        }
        #expect(retries.delay(of: run(tries: retries.most), after: unexplained, now_s: 1000) == nil)
        for code in [StoreError.Code.full, .busy, .readOnly, .cannotOpen, .exhausted] {
            let delay = retries.delay(of: run(tries: 1000), after: failure(code), now_s: 1000)
            #expect(try #require(delay).tries == retries.most / 2, "\(code)")
        }
    }
}
