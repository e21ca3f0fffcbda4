import Foundation
import ScheduleJobs
import ScheduleStore
import StoreConformance
import Synchronization
import Testing

/// The heartbeat of runs.
@Suite struct RunLeasesTests {
    private let pause = ManualPause()

    private func claim(_ organization: TestOrganization, _ leases: RunLeases) async throws -> RunClaim {
        try await organization.store.claimNextRun(
            configVersion: nil, engineVersion: "test", now: TestOrganization.now(), lease: leases.lease)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a lease is renewed while the work goes on, and its loss is told`() async throws {
        let organization = try await TestOrganization(contacts: 0)
        let today = try #require(TestOrganization.today)
        _ = try await organization.store.createRun(
            RunRequest(kind: .full, today: today), now: TestOrganization.now())
        let seconds = Seconds(1000)
        let mine = RunLeases(
            owner: "mine", unixSeconds: seconds.now, isGone: { _ in false }, pause: pause.pause)
        let other = RunLeases(
            owner: "other", unixSeconds: seconds.now, isGone: { _ in false }, pause: pause.pause)
        guard case .run(let run) = try await claim(organization, mine) else {
            Issue.record("nothing is claimed")
            return
        }
        try await mine.hold(run, in: organization.store) { isLost in
            // Three times the length of the lease.
            for _ in 1...9 {
                while !pause.isOn { await Task.yield() }
                seconds.advance(by: 20)
                pause.tick()
                while !pause.isOn { await Task.yield() }
                #expect(try await claim(organization, other) == .taken(runID: run.id))
            }
            #expect(!isLost())
            // The process stands still for as long as its lease is.
            seconds.advance(by: 60)
            guard case .run = try await claim(organization, other) else {
                Issue.record("the run is not taken up")
                return
            }
            pause.tick()
            while !isLost() { await Task.yield() }
        }
    }

    @Test func `the renewing ends with the work`() async throws {
        let organization = try await TestOrganization(contacts: 0)
        let run = try #require(try await organization.claim())
        let leases = RunLeases(
            owner: "test", unixSeconds: { 0 }, isGone: { _ in false }, pause: pause.pause)
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await leases.hold(run, in: organization.store) { _ in
                while !pause.isOn { await Task.yield() }
                throw Failure()
            }
        }
        #expect(!pause.isOn)
    }
}

/// A clock that is set by hand.
final class Seconds: Sendable {
    private let value: Mutex<Int64>

    init(_ start: Int64) { value = Mutex(start) }

    @Sendable
    func now() -> Int64 { value.withLock { $0 } }

    func advance(by seconds: Int64) { value.withLock { $0 += seconds } }
}
