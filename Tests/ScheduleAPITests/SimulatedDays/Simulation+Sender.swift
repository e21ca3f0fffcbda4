import GRDB
import SchedulingCore
import SeededRandomness

/// Senders and the people who read their emails, written straight into the file.
extension Simulation {
    /// A statement with its values.
    struct Statement: Sendable {
        let sql: String
        let values: [DatabaseValue]

        init(_ sql: String, _ values: (any DatabaseValueConvertible)?...) {
            self.sql = sql
            self.values = values.map { $0?.databaseValue ?? .null }
        }
    }

    /// Sends what is due, hears of what was sent before, and records what the readers do.
    func send() async throws {
        var statements: [Statement] = []
        for row in snapshot.emails.values.sorted(by: { $0.id < $1.id }) {
            if row.isPlanned, row.date <= today {
                if random.chance(0.9) { statements.append(sending(of: row)) }
            } else if row.isPlanned {
                guard row.date < today + 10, random.chance(0.004) else { continue }
                statements.append(claim(row))
            } else if ["scheduled", "processing", "accepted"].contains(row.status), row.date <= today {
                if random.chance(0.5) { statements += settling(row, "sent") }
            } else if row.status == "sent", random.chance(0.15) {
                statements += settling(row, random.pick(["delivered", "delivered", "bounced"]))
            } else if row.isSent, row.sendDate > today - 10, random.chance(0.1) {
                statements.append(reaction(to: row))
            }
        }
        try await execute(statements)
    }

    /// Executes statements behind the service's back.
    func execute(_ statements: [Statement]) async throws {
        try await write { database in
            for statement in statements {
                try database.execute(sql: statement.sql, arguments: StatementArguments(statement.values))
            }
        }
    }

    private func sending(of row: EmailRow) -> Statement {
        let status = random.pick(
            Array(repeating: "sent", count: 14) + [
                "delivered", "delivered", "scheduled", "processing", "accepted", "failed", "dropped",
                "cancelled",
            ])
        count("emails \(status)")
        let isOut = ["sent", "delivered", "failed", "dropped"].contains(status)
        let moment = isOut && random.chance(0.95) ? moment() : nil
        let metadata = random.chance(0.5) ? #"{"tracking_uuid":"t-\#(row.id)"}"# : nil
        return Statement(
            """
            UPDATE email_schedules SET status = ?, actual_send_datetime = ?, metadata = coalesce(?, metadata)
            WHERE id = ?
            """, status, moment, metadata, row.id)
    }

    /// Takes a row of a later day, or calls it off.
    private func claim(_ row: EmailRow) -> Statement {
        count("future rows claimed")
        let status = random.pick(["scheduled", "cancelled", "processing"])
        return Statement("UPDATE email_schedules SET status = ? WHERE id = ?", status, row.id)
    }

    /// What a webhook says of a row: a target is sent with its email (SPEC 4), and some bounces end everything.
    private func settling(_ row: EmailRow, _ status: String) -> [Statement] {
        count("emails \(status)")
        var statements = [
            Statement(
                """
                UPDATE email_schedules SET status = ?,
                    actual_send_datetime = coalesce(actual_send_datetime, ?) WHERE id = ?
                """, status, moment(), row.id)
        ]
        if status == "delivered", let instance = row.instance, let event = row.event {
            statements.append(
                Statement(
                    """
                    UPDATE contact_campaigns SET status = 'sent'
                    WHERE contact_id = ? AND campaign_instance_id = ? AND trigger_date = ?
                    """, row.contact, instance, event.description))
        }
        if status == "bounced", random.chance(0.3) {
            unseen.insert(row.contact)
            statements.append(
                Statement(
                    "INSERT INTO suppressions (contact_id, channel, reason) VALUES (?, ?, 'bounced')",
                    row.contact, random.pick([nil, "email", "all"])))
        }
        return statements
    }

    private func reaction(to row: EmailRow) -> Statement {
        if random.chance(0.5) {
            count("clicks")
            let (schedule, tracking): (Int64?, String?) = random.pick([
                (row.id, nil), (nil, row.tracking), (nil, nil), (row.id + 1, "t-0"),
            ])
            return Statement(
                """
                INSERT INTO tracking_clicks (contact_id, schedule_id, tracking_id, clicked_at)
                VALUES (?, ?, ?, ?)
                """, row.contact, schedule, tracking, moment())
        }
        count("answers")
        let metadata = random.pick([
            #"{"has_medical_conditions":true}"#, #"{"main_questions_yes_count":2}"#,
            #"{"has_medical_conditions":false,"main_questions_yes_count":0}"#, "{}",
        ])
        return Statement(
            """
            INSERT INTO contact_events (contact_id, event_type, metadata, created_at)
            VALUES (?, 'eligibility_answered', ?, ?)
            """, row.contact, metadata, moment())
    }

    /// A moment of today, in one of the ways senders write it.
    private func moment() -> String {
        let time = random.pick(["00:00:00", "08:30:00", "12:15:09", "20:59:59"])
        return random.pick(["\(today) \(time)", "\(today)T\(time)Z", "\(today)T\(time)-03:00"])
    }
}
