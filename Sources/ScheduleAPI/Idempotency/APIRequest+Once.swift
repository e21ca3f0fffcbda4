import HTTPHandling
import HTTPTypes
import ScheduleStore

extension APIRequest {
    /// Answers a request with an idempotency key as it was answered before, else by what `handle` does. To be called
    /// when it is known that whoever sent it may have the answer.
    ///
    /// - Parameter store: Where the answers are kept.
    func once(
        in store: any AnswerStore, _ handle: () async throws -> ServerResponse
    ) async throws -> ServerResponse {
        guard let idempotency else { return try await handle() }
        guard environment.inFlight.begin(idempotency.id) else {
            throw HTTPProblem.api(
                .idempotencyKeyInUse, detail: "A request with this key is being carried out.",
                fields: [.retryAfter: "1"])
        }
        defer { environment.inFlight.end(idempotency.id) }
        if let answer = try await idempotency.earlierAnswer(in: store) { return answer }
        let answer = try await handle()
        try await idempotency.keep(answer, in: store)
        return answer
    }
}
