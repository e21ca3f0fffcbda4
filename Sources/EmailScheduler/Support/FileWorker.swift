import Dispatch
import Logging
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite

/// Carries out the runs of one database file, for a command.
struct FileWorker {
    let db: String
    let store: SQLiteOrganizationStore
    let composition: Composition
    let environment: RunEnvironment
    let leases: RunLeases
    let logger: Logger
    let showsProgress: Bool

    /// Carries out whatever waits, and waits for another process that does.
    func workOff() async throws {
        while let run = try await claim(until: nil) { try await carryOut(run) }
    }

    /// Carries out what waits until a run has ended, be it by another process. Returns that run.
    func workOff(until id: Int64) async throws -> RunRecord {
        while let run = try await claim(until: id) { try await carryOut(run) }
        guard let run = try await store.run(id: id), run.state.isFinal else {
            throw CommandFailure("\(db): run \(id) cannot be claimed")
        }
        return run
    }

    /// The next run to carry out; nil where none waits, or where the one that is waited for has ended.
    private func claim(until id: Int64?) async throws -> RunRecord? {
        var told: RunClaim?
        while true {
            if let id, let run = try await store.run(id: id), run.state.isFinal { return nil }
            let claim = try await store.claimNextRun(
                configVersion: environment.configVersion, engineVersion: RunExecutor.engineVersion,
                now: Composition.now(), lease: leases.lease)
            switch claim {
            case .run(let run): return run
            case .nothing: return nil
            case .givenUp(let run): Output.note("Run \(run.id) is \(run.error ?? "given up")")
            case .taken(let id) where told != claim:
                Output.note("Waiting for another process, which carries run \(id) out on this file")
            case .later where told != claim:
                Output.note("Waiting for the next try of a run that could not go on")
            case .taken, .later: try await Task.sleep(for: .milliseconds(200))
            }
            told = claim
        }
    }

    private func carryOut(_ run: RunRecord) async throws {
        let meter = ProgressMeter(isShown: showsProgress)
        defer { meter.end() }
        let outcome: RunOutcome
        do {
            let executor = RunExecutor(
                store: store, environment: try await environment(of: run), now: Composition.now,
                logger: logger)
            outcome = try await leases.hold(run, in: store) { isLost in
                try await BlockingWork.run(on: DispatchQueue(label: "run")) {
                    try executor.execute(run, shouldStop: isLost, progress: { meter.show($0, of: $1) })
                }
            }
        } catch is RunInterruption {
            throw CommandFailure("\(db): another process has taken run \(run.id) up")
        } catch let error where error.isOfEnvironment {
            // Where not even that can be stored, the run is taken up all the same when this process has ended.
            _ = try? await store.requeueRun(run, nil, now: Composition.now())
            throw CommandFailure("\(db): \(error); run \(run.id) goes on when the command is given again")
        } catch let error where error.endsClaim {
            throw CommandFailure("\(db): \(error)")
        } catch {
            outcome = .failed(message: "\(error)", report: nil)
        }
        _ = try await store.finishRun(run, outcome, now: Composition.now())
    }

    /// A run that was interrupted goes on with the configuration that it began with.
    private func environment(of run: RunRecord) async throws -> RunEnvironment {
        guard let begun = run.configVersion, begun != environment.configVersion else { return environment }
        guard let stored = try await store.configuration(version: begun) else {
            throw CommandFailure("version \(begun) of the configuration is gone")
        }
        return composition.runEnvironment(try composition.settings(of: stored), version: begun)
    }
}
