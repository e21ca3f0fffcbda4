import GRDB
import SchedulingCore

/// Reads clicks and answers to the health questions for a run (SPEC 10).
enum BehaviourRows {
    /// The clicks of the contacts in a range, in order of contacts.
    static func readClicks(
        _ range: ClosedRange<Int64>, _ database: Database, _ catalog: RunCatalog,
        into behaviours: inout [Behaviour]
    ) throws {
        let rows = try RawStatement(
            """
            SELECT contact_id, clicked_at, schedule_id, tracking_id FROM tracking_clicks
            WHERE contact_id >= ? AND contact_id <= ? ORDER BY contact_id
            """, database)
        rows.bind(1, range.lowerBound)
        rows.bind(2, range.upperBound)
        while try rows.step() {
            behaviours.append(
                Behaviour(
                    contactID: rows.integer(0), moment: LocalMoment(rows.bytes(1).span, in: catalog.zone),
                    kind: .click(scheduleID: rows.optionalInteger(2), trackingID: rows.hash(3))))
        }
    }

    /// Clicks on emails of the contacts in a range that name another contact, or none: the row they name by
    /// `schedule_id` decides whose they are.
    static func readStrayClicks(
        _ range: ClosedRange<Int64>, _ database: Database, _ catalog: RunCatalog,
        into behaviours: inout [Behaviour]
    ) throws {
        let rows = try RawStatement(
            """
            SELECT email.contact_id, clicked_at, schedule_id FROM \(strayClicks)
                AND email.contact_id >= ? AND email.contact_id <= ? ORDER BY email.contact_id
            """, database)
        rows.bind(1, range.lowerBound)
        rows.bind(2, range.upperBound)
        while try rows.step() {
            behaviours.append(
                Behaviour(
                    contactID: rows.integer(0), moment: LocalMoment(rows.bytes(1).span, in: catalog.zone),
                    kind: .click(scheduleID: rows.optionalInteger(2), trackingID: nil)))
        }
    }

    /// The clicks whose contact is not that of the row they name.
    static let strayClicks = """
        tracking_clicks AS click JOIN email_schedules AS email ON email.id = click.schedule_id
            WHERE click.contact_id IS NOT email.contact_id
        """

    /// The answers of the contacts in a range, in order of contacts. Metadata that cannot be read say no yes.
    static func readAnswers(
        _ range: ClosedRange<Int64>, _ database: Database, _ catalog: RunCatalog,
        into behaviours: inout [Behaviour]
    ) throws {
        let rows = try RawStatement(
            """
            SELECT contact_id, created_at, CASE WHEN json_valid(metadata) THEN
                    json_type(metadata, '$.has_medical_conditions') IS 'true'
                    OR (json_type(metadata, '$.main_questions_yes_count') IN ('integer', 'real')
                        AND json_extract(metadata, '$.main_questions_yes_count') > 0)
                ELSE 0 END
            FROM contact_events
            WHERE contact_id >= ? AND contact_id <= ? AND event_type = 'eligibility_answered' ORDER BY contact_id
            """, database)
        rows.bind(1, range.lowerBound)
        rows.bind(2, range.upperBound)
        while try rows.step() {
            behaviours.append(
                Behaviour(
                    contactID: rows.integer(0), moment: LocalMoment(rows.bytes(1).span, in: catalog.zone),
                    kind: .answered(withYes: rows.integer(2) != 0)))
        }
    }
}

/// Reads the do-not-contact list for a run (SPEC 2).
enum SuppressionRows {
    /// The entries of the contacts in a range, in order of contacts. Channel `email`, `all` or none stops
    /// everything; an entry for a channel that is neither of these nor `sms` is none for a run.
    static func read(
        _ range: ClosedRange<Int64>, _ database: Database, into suppressions: inout [Suppression]
    ) throws {
        let rows = try RawStatement(
            """
            SELECT contact_id, lower(trim(channel)) IS 'sms' FROM suppressions
            WHERE contact_id >= ? AND contact_id <= ?
                AND lower(trim(ifnull(channel, ''))) IN ('', 'all', 'email', 'sms')
            ORDER BY contact_id
            """, database)
        rows.bind(1, range.lowerBound)
        rows.bind(2, range.upperBound)
        while try rows.step() {
            suppressions.append(
                Suppression(contactID: rows.integer(0), channel: rows.integer(1) == 1 ? .sms : .email))
        }
    }
}

/// Reads the targets of campaigns for a run (SPEC 4).
enum TargetRows {
    /// The targets of the contacts in a range, in order of contacts.
    static func read(
        _ range: ClosedRange<Int64>, _ database: Database, into targets: inout [CampaignTarget]
    ) throws {
        let rows = try RawStatement(
            """
            SELECT id, contact_id, campaign_instance_id, trigger_date,
                CASE ifnull(status, '') WHEN '' THEN 0 WHEN 'pending' THEN 0 WHEN 'scheduled' THEN 1
                    WHEN 'skipped' THEN 2 WHEN 'sent' THEN 4 ELSE 3 END
            FROM contact_campaigns
            WHERE contact_id >= ? AND contact_id <= ? AND campaign_instance_id IS NOT NULL ORDER BY contact_id
            """, database)
        rows.bind(1, range.lowerBound)
        rows.bind(2, range.upperBound)
        while try rows.step() {
            let date = rows.bytes(3)
            var target = CampaignTarget(
                id: rows.integer(0), contactID: rows.integer(1), instanceID: rows.integer(2),
                triggerDate: CivilDate(date.span),
                status: CampaignTarget.Status(rawValue: UInt8(clamping: rows.integer(4))) ?? .other)
            target.hasInvalidTriggerDate = target.triggerDate == nil && !date.isEmpty
            targets.append(target)
        }
    }
}
