import GRDB
import ScheduleStore
import SchedulingCore

/// The statements of the table `email_claims`.
struct ClaimTable {
    /// An email as a channel's senders have it.
    struct Claim {
        let lease: Int64
        let attempt: Int64
        let state: String
    }

    private let database: Database
    private let channel: SendChannel
    private let one: RawStatement
    private let lease: RawStatement
    private let wait: RawStatement
    private let close: RawStatement
    private let sending: RawStatement
    private let doubt: RawStatement

    /// The claims of a channel.
    init(_ database: Database, channel: SendChannel) throws {
        self.database = database
        self.channel = channel
        one = try RawStatement(
            "SELECT lease, attempt, state FROM email_claims WHERE schedule_id = ? AND channel = ?", database)
        lease = try RawStatement(
            """
            INSERT INTO email_claims
                (schedule_id, channel, lease, leased_until, priority, due, state, attempt)
            VALUES (?, ?, ?, ?, ?, ?, 'leased', 1)
            ON CONFLICT (schedule_id, channel) DO UPDATE SET state = 'leased', lease = excluded.lease,
                leased_until = excluded.leased_until, attempt = attempt + 1
            """, database)
        wait = try RawStatement(
            """
            INSERT INTO email_claims (schedule_id, channel, priority, due, state) VALUES (?, ?, ?, ?, 'waiting')
            ON CONFLICT (schedule_id, channel) DO UPDATE SET state = 'waiting', maybe_sent = 0
                WHERE state = 'closed'
            """, database)
        close = try RawStatement(
            "UPDATE email_claims SET state = ? WHERE schedule_id = ? AND channel = ? AND state <> 'reported'",
            database)
        sending = try RawStatement(
            """
            UPDATE email_claims SET state = 'sending' WHERE schedule_id = ? AND channel = ?
                AND state = 'leased'
            """, database)
        doubt = try RawStatement(
            "UPDATE email_claims SET maybe_sent = 1 WHERE schedule_id = ? AND channel = ?", database)
    }

    /// The claim of an email, nil where it was never handed out.
    func claim(_ id: Int64) throws -> Claim? {
        one.bind(1, id)
        one.bind(2, channel.rawValue)
        defer { one.reset() }
        guard try one.step() else { return nil }
        return Claim(lease: one.integer(0), attempt: one.integer(1), state: one.text(2) ?? "")
    }

    /// Hands an email out.
    func lease(_ email: DueEmail, lease number: Int64, until end: Int64) throws {
        lease.bind(1, email.id)
        lease.bind(2, channel.rawValue)
        lease.bind(3, number)
        lease.bind(4, end)
        lease.bind(5, email.priority)
        lease.bind(6, email.day)
        try lease.run()
    }

    /// Lets an email wait for a sender of this channel, after the other one has got it.
    func wait(_ email: DueEmail) throws {
        wait.bind(1, email.id)
        wait.bind(2, channel.rawValue)
        wait.bind(3, email.priority)
        wait.bind(4, email.day)
        try wait.run()
    }

    /// Ends a claim: news of the email came, or, with `closed`, it is not to be sent.
    func end(_ id: Int64, as state: String = "reported") throws {
        close.bind(1, state)
        close.bind(2, id)
        close.bind(3, channel.rawValue)
        try close.run()
    }

    /// Notes that the sender is about to send.
    func noteSending(_ id: Int64) throws {
        sending.bind(1, id)
        sending.bind(2, channel.rawValue)
        try sending.run()
    }

    /// Notes that an earlier sender has sent the email after all.
    func noteDoubt(_ id: Int64) throws {
        doubt.bind(1, id)
        doubt.bind(2, channel.rawValue)
        try doubt.run()
    }

    /// Ends the claims that nobody will hear of any more, and tells of which emails nobody knows whether they were
    /// sent.
    func giveUp(unixSeconds: Int64, limit: Int64 = 10_000) throws -> [Int64] {
        let rows = try RawStatement(
            """
            SELECT schedule_id FROM email_claims INDEXED BY email_claims_leased
            WHERE channel = ? AND state IN ('leased', 'sending') AND leased_until <= ?
                AND (state = 'sending' OR maybe_sent OR attempt >= ?)
            LIMIT ?
            """, database)
        rows.bind(1, channel.rawValue)
        rows.bind(2, unixSeconds)
        rows.bind(3, Int64(ClaimRequest.attemptLimit))
        rows.bind(4, limit)
        var ids: [Int64] = []
        while try rows.step() { ids.append(rows.integer(0)) }
        for id in ids { try end(id) }
        return ids
    }
}

extension SendChannel {
    /// The other one.
    var other: SendChannel { self == .email ? .sms : .email }
}
