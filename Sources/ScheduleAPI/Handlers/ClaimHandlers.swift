import HTTPHandling
import HTTPTypes
import ScheduleJobs
import ScheduleStore
import SchedulingCore

/// Emails for senders: handed out under a lease, and what they report.
enum ClaimHandlers {
    /// Emails that a claim can ask for.
    private static let limits = 1...10_000
    /// Seconds that a lease can last.
    private static let leases = 1...86_400

    /// `POST /v1/orgs/{org}/email-schedules/claim`
    static func claim(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        var fields = try await request.base.jsonObject()
        let limit = fields.integer("limit", in: limits) ?? 100
        let channel: SendChannel = fields.word("channel") ?? .email
        let lease = fields.integer("lease_seconds", in: leases) ?? 300
        let asOf = asOf(&fields)
        try fields.finish()

        let services = request.base.services
        let environment = try await request.runEnvironment()
        let now = services.unixSeconds()
        var moment = now
        var today = environment.zone.local(utcSeconds: now).date
        switch asOf {
        case .date(let date): today = date
        case .instant(let seconds):
            (moment, today) = (seconds, environment.zone.local(utcSeconds: seconds).date)
        case nil: break
        }
        let claim = ClaimRequest(
            channel: channel, limit: limit, leaseSeconds: Int64(lease), today: today,
            unixSeconds: now,
            quietHours: channel == .sms
                ? QuietHours(utcSeconds: moment, standard: environment.zone, zone: services.zone) : nil,
            policy: environment.policy, zone: environment.zone)
        return try await request.change {
            try await $0.claimEmails(claim, now: request.base.now)
        } audit: { _ in
            nil
        } answer: { outcome in
            .json(.ok, capacity: 64 + outcome.items.count * 640, outcome.write)
        }
    }

    /// The date, or the moment, that a claim is made for instead of now.
    private enum AsOf {
        case date(CivilDate)
        case instant(Int64)
    }

    private static func asOf(_ fields: inout JSONObjectReader) -> AsOf? {
        guard let text = fields.string("as_of", allowsNull: true) else { return nil }
        if let date = CivilDate(text) { return .date(date) }
        guard let seconds = fields.instant("as_of") else { return nil }
        return .instant(seconds)
    }

    /// `POST /v1/orgs/{org}/email-schedules/status`
    static func report(_ request: OrganizationRequest) async throws -> ServerResponse {
        try request.query.finish()
        _ = try MediaType.ofBody(request.base.request, accepted: [.json], standard: .json)
        let services = request.base.services
        let bytes = try await request.base.request.body.collect(upTo: services.jsonBodyBytes)
        let body = try SendReportBody(bytes, unixSeconds: services.unixSeconds())
        return try await request.change {
            try await $0.recordReports(body.reports, now: request.base.now)
        } audit: { _ in
            nil
        } answer: { outcome in
            let answers = body.answers(outcome.results)
            return .json(.ok, capacity: 64 + answers.count * 48) { writer in
                writer.member("results") { writer in
                    writer.array(answers) { writer, answer in
                        writer.object { writer in
                            writer.member("id") { $0.value(answer.id) }
                            writer.member("result", answer.result.rawValue)
                        }
                    }
                }
            }
        }
    }
}
