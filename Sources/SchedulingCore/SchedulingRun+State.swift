extension SchedulingRun {
    /// Version of the bytes of `state`.
    private static let stateVersion = 1

    /// What the run must remember to be taken up again: its counts, the report so far, and which places of the
    /// daily cap are taken, as they are now. To be stored with the changes that came out so far; grows with days and
    /// with classes that the cap has moved, not with contacts. Taking it copies next to nothing.
    public struct State: Sendable {
        fileprivate let catalog: RunCatalog
        fileprivate let contactsDone: Int
        fileprivate let smoothing: DayCounts
        fileprivate let placed: DayCounts
        fileprivate let cap: DailyCap
        fileprivate let report: RunReport

        /// The state as bytes: made anew each time they are asked for.
        public var bytes: [UInt8] {
            var state = StateEncoder()
            state.write(SchedulingRun.stateVersion)
            state.write(catalog.totalContacts)
            state.write(contactsDone)
            smoothing.write(to: &state)
            placed.write(to: &state)
            cap.write(to: &state)
            report.write(to: &state, catalog)
            return state.bytes
        }
    }

    /// What the run must remember to be taken up again behind what it has seen so far.
    public var state: State {
        State(
            catalog: catalog, contactsDone: contactsDone, smoothing: smoothing, placed: placed,
            cap: cap.withoutCounts, report: report)
    }

    /// The number of contacts that a run began with; nil where the bytes are not a state of this version.
    public static func totalContacts(inState bytes: [UInt8]) -> Int? {
        var state = StateDecoder(bytes)
        guard let version = try? state.number(), version == stateVersion else { return nil }
        return try? state.number()
    }

    /// A run that goes on as it was; nil where the bytes are not a state of this version.
    ///
    /// - Parameter catalog: Made of the same date, policy and facts as the run's own.
    public init?(catalog: RunCatalog, scope: RunScope, state bytes: [UInt8]) {
        self.init(catalog: catalog, scope: scope)
        var state = StateDecoder(bytes)
        do throws(StateDecoder.Malformed) {
            guard try state.number() == Self.stateVersion, try state.number() == catalog.totalContacts else {
                return nil
            }
            try resume(&state)
        } catch {
            return nil
        }
        guard state.isAtEnd else { return nil }
    }
}
