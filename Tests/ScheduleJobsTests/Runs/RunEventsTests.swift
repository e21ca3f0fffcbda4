import ScheduleJobs
import Synchronization
import Testing

@Suite struct RunEventsTests {
    private let events = RunEvents()

    private func tell(_ event: RunEvents.Event, _ organization: String = "a", run: Int64 = 1) {
        events.tell(event, organizationID: organization, runID: run)
    }

    @Test func `a slow listener gets the latest progress only, but every new state`() async {
        let listener = events.listen(organizationID: "a", runID: 1)
        for done in 1...5 { tell(.progress(contactsDone: Int64(done), contactsTotal: 9)) }
        #expect(await listener.next() == .progress(contactsDone: 5, contactsTotal: 9))
        tell(.stateChanged)
        tell(.progress(contactsDone: 6, contactsTotal: 9))
        #expect(await listener.next() == .stateChanged)
    }

    @Test func `a listener hears of its own run, from when it listens until it leaves`() async {
        tell(.stateChanged)
        let listener = events.listen(organizationID: "a", runID: 1)
        tell(.stateChanged, "b")
        tell(.stateChanged, run: 2)
        tell(.progress(contactsDone: 1, contactsTotal: 1))
        #expect(await listener.next() == .progress(contactsDone: 1, contactsTotal: 1))
        #expect(events.listenerCount == 1)
        events.leave(listener)
        #expect(events.listenerCount == 0)
        tell(.stateChanged)
        #expect(await listener.next() == .ended)
        #expect(await listener.next() == .ended)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a listener that waits is woken by an event, by the end of all, and when its task is cancelled`()
        async
    {
        let (first, second) = (
            events.listen(organizationID: "a", runID: 1), events.listen(organizationID: "a", runID: 1)
        )
        async let woken = first.next()
        tell(.stateChanged)
        #expect(await woken == .stateChanged)
        #expect(await second.next() == .stateChanged)
        let waiting = Task { await second.next() }
        waiting.cancel()
        #expect(await waiting.value == .ended)
        async let ended = first.next()
        events.close()
        #expect(await ended == .ended)
        #expect(await events.listen(organizationID: "a", runID: 1).next() == .ended)
    }
}
