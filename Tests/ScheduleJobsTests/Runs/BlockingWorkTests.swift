import Dispatch
import Foundation
import ScheduleJobs
import Testing

@Suite("Work on threads of its own")
struct BlockingWorkTests {
    private func niceness() -> Int32 { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }

    @Test("A thread that gives way stands back behind others, and so do the threads that it starts")
    func givesWay() async throws {
        let plain = try await BlockingWork.run(onThread: "plain") { niceness() }
        let (own, started) = try await BlockingWork.run(onThread: "behind", givesWay: true) {
            nonisolated(unsafe) var started: Int32?
            let isDone = DispatchSemaphore(value: 0)
            Thread {
                started = niceness()
                isDone.signal()
            }.start()
            isDone.wait()
            return (niceness(), started)
        }
        #expect(own > plain)
        #expect(started == own)
        #expect(try await BlockingWork.run(onThread: "plain") { niceness() } == plain)
    }

    @Test("What the work throws is thrown to who waits for it")
    func failure() async {
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await BlockingWork.run(onThread: "failing") { throw Failure() }
        }
    }
}
