import Dispatch
import Logging
import ScheduleStore
import Synchronization

/// An organisation's turn: its oldest run that is due is claimed and carried out.
extension RunWorkers {
    /// Carries the oldest run of an organisation out that is due. Returns whether another one may wait.
    func takeTurn(of organizationID: String) async -> Bool {
        var log = logger
        log[metadataKey: "org"] = "\(organizationID)"
        do {
            let store = try await stores.store(ofOrganization: organizationID)
            let environment = try await environment(organizationID, nil)
            let claim = try await store.claimNextRun(
                configVersion: environment.configVersion, engineVersion: RunExecutor.engineVersion,
                now: now(), lease: leases.lease)
            switch claim {
            case .run(let run):
                recovered(organizationID, log)
                log[metadataKey: "run"] = "\(run.id)"
                try await carryOut(run, organizationID, store, environment, log)
                return true
            case .givenUp(let run):
                recovered(organizationID, log)
                log.error("The run is given up: \(run.error ?? "")", metadata: ["run": "\(run.id)"])
                events.tell(.stateChanged, organizationID: organizationID, runID: run.id)
                return true
            case .taken(let id):
                cannotGoOn(organizationID, because: "another process carries run \(id) out", log)
            case .later:
                lookAgainLater(organizationID)
            case .nothing:
                recovered(organizationID, log)
            }
        } catch is CancellationError {
            // The workers are told to end.
        } catch {
            cannotGoOn(organizationID, because: "\(error)", log)
        }
        return false
    }

    /// Notes an organisation whose runs cannot go on for now; told once.
    func cannotGoOn(_ organizationID: String, because cause: String, _ log: Logger) {
        guard lookAgainLater(organizationID) else { return }
        log.error(
            "Runs cannot be taken up, and are tried again: \(cause)", metadata: ["org": "\(organizationID)"])
    }

    /// Has an organisation looked at again from time to time. Returns whether it was not already.
    @discardableResult
    private func lookAgainLater(_ organizationID: String) -> Bool {
        state.withLock { $0.troubled.insert(organizationID).inserted }
    }

    private func recovered(_ organizationID: String, _ log: Logger) {
        guard state.withLock({ $0.troubled.remove(organizationID) }) != nil else { return }
        log.notice("Runs can be taken up again")
    }

    /// Makes a backup, unless the run has got as far as to know its contacts before.
    private func backUp(before run: RunRecord, _ organizationID: String, _ log: Logger) async {
        guard let backUp, run.request.kind == .full, !run.request.isDryRun, run.contactsTotal == 0 else {
            return
        }
        do {
            try await backUp(organizationID)
        } catch {
            log.error("No backup before the run: \(error)")
        }
    }

    private func carryOut(
        _ run: RunRecord, _ organizationID: String, _ store: any OrganizationStore,
        _ environment: RunEnvironment, _ log: Logger
    ) async throws {
        let tell: @Sendable (RunEvents.Event) -> Void = { [events] event in
            events.tell(event, organizationID: organizationID, runID: run.id)
        }
        tell(.stateChanged)
        log.info(
            run.attempts > 1 ? "The run goes on" : "The run starts",
            metadata: ["kind": "\(run.request.kind)", "today": "\(run.request.today)"])
        let now = now
        let ending = try await end(run, organizationID, store, environment, log, tell)
        // Also where the workers are told to stop, and this task is cancelled.
        let stored = try await Task {
            switch ending {
            case .over(let outcome): try await store.finishRun(run, outcome, now: now())
            case .later(let delay): try await store.requeueRun(run, delay, now: now())
            }
        }.value
        tell(.stateChanged)
        switch ending {
        case .over:
            state.withLock { $0.lastRunFinishedAt = stored.finishedAt }
            log.info("The run ended", metadata: ["state": "\(stored.state.rawValue)"])
            try await store.maintain()
        case .later(nil): log.notice("The run is left to be taken up again")
        case .later(let delay?):
            lookAgainLater(organizationID)
            log.warning("The run waits for its next try: \(delay.cause)")
        }
    }

    /// What comes of a run that was carried out.
    private enum Ending: Sendable {
        case over(RunOutcome)
        /// It goes on later, at once where the process was told to end.
        case later(RunDelay?)
    }

    /// Carries a claimed run out as far as it goes.
    ///
    /// - Throws: `StoreError` where the claim is over.
    private func end(
        _ run: RunRecord, _ organizationID: String, _ store: any OrganizationStore,
        _ environment: RunEnvironment, _ log: Logger, _ tell: @escaping @Sendable (RunEvents.Event) -> Void
    ) async throws -> Ending {
        do {
            // One that was begun before goes on with the configuration that it began with.
            let environment =
                run.configVersion == environment.configVersion
                ? environment : try await self.environment(organizationID, run.configVersion)
            let executor = RunExecutor(store: store, environment: environment, now: now, logger: log)
            return try await leases.hold(run, in: store) { isLost in
                await backUp(before: run, organizationID, log)
                try Task.checkCancellation()
                return .over(
                    try await BlockingWork.run(on: DispatchQueue(label: "run")) {
                        try executor.execute(
                            run, shouldStop: { isLost() || self.state.withLock { $0.isStopping } },
                            progress: { tell(.progress(contactsDone: $0, contactsTotal: $1)) })
                    })
            }
        } catch  where error is RunInterruption || error is CancellationError {
            return .later(nil)
        } catch let error as StoreError where error.mayPass {
            // As it stands now: what it has stored since the claim makes its tries begin anew.
            let current = (try? await store.run(id: run.id)) ?? run
            let delay = leases.retries.delay(of: current, after: error, now_s: leases.unixSeconds())
            return delay.map { .later($0) } ?? .over(.failed(message: "\(error)", report: nil))
        } catch let error where error.endsClaim {
            throw error
        } catch {
            return .over(.failed(message: "\(error)", report: nil))
        }
    }
}
