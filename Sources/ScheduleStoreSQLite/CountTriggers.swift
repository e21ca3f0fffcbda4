/// The triggers that keep the tables of `CountSchema`, whoever writes: part of the fifth version of an organisation's
/// file, frozen.
///
/// 1. What a row counts for is taken off before it changes or goes, and added when it stands.
/// 2. A row that `INSERT OR REPLACE` takes away is seen by no trigger (unless `recursive_triggers` is on), so it is
///    noted before each insertion, and taken off behind it if it went. An insertion that comes to nothing leaves
///    notes that the next one clears.
/// 3. Writers of very many rows turn them off and count by themselves: `BulkCounts`.
enum CountTriggers {
    /// The statements that make them.
    static let creation = [
        contacts, contactMoves, suppressions, emails, emailReplacement, emailStates, campaignEmails, events,
        runs,
    ].joined(separator: "\n")

    /// Names of all of them.
    static let names = creation.split(separator: "\n").compactMap { line in
        line.hasPrefix("CREATE TRIGGER ") ? line.split(separator: " ")[2] : nil
    }.map(String.init)

    // MARK: Contacts

    private static let contacts = """
        CREATE TRIGGER count_contact_replaced BEFORE INSERT ON contacts BEGIN
            DELETE FROM replaced_contacts;
            INSERT INTO replaced_contacts SELECT contact_id, state FROM contact_states
                WHERE contact_id = NEW.id OR external_id = NEW.external_id;
        END;
        CREATE TRIGGER count_contact_inserted AFTER INSERT ON contacts BEGIN
            UPDATE contact_counts SET total = total + 1;
            \(addStates(ofContact: "NEW", +1))
        END;
        CREATE TRIGGER count_contact_replaces AFTER INSERT ON contacts
        WHEN EXISTS (SELECT 1 FROM replaced_contacts) BEGIN
            DELETE FROM replaced_contacts WHERE contact_id <> NEW.id AND contact_id IN (SELECT id FROM contacts);
            UPDATE contact_counts SET moves = moves + 1,
                total = total - (SELECT count(*) FROM replaced_contacts);
            \(addStates("replaced_contacts AS place", of: "email.contact_id = place.contact_id", -1))
            DELETE FROM replaced_contacts;
        END;
        CREATE TRIGGER count_contact_deleted AFTER DELETE ON contacts BEGIN
            \(addStates(ofContact: "OLD", -1))
            UPDATE contact_counts SET total = total - 1, moves = moves + 1;
            DELETE FROM replaced_contacts WHERE contact_id = OLD.id;
        END;
        """

    private static let contactMoves = """
        CREATE TRIGGER count_contact_moved AFTER UPDATE OF id, state, zip_code ON contacts
        WHEN \(differ("id", "state", "zip_code")) BEGIN
            UPDATE contact_counts SET moves = moves + 1;
            \(addStates(ofContact: "OLD", -1))
            \(addStates(ofContact: "NEW", +1))
        END;
        """

    private static let suppressions = """
        CREATE TRIGGER count_suppression_inserted AFTER INSERT ON suppressions
        WHEN NOT \(isSuppressed("NEW", besides: "id <> NEW.id")) BEGIN
            UPDATE contact_counts SET suppressed = suppressed + 1;
        END;
        CREATE TRIGGER count_suppression_deleted AFTER DELETE ON suppressions
        WHEN NOT \(isSuppressed("OLD", besides: "TRUE")) BEGIN
            UPDATE contact_counts SET suppressed = suppressed - 1;
        END;
        CREATE TRIGGER count_suppression_moved AFTER UPDATE OF contact_id ON suppressions
        WHEN \(differ("contact_id")) BEGIN
            UPDATE contact_counts SET suppressed = suppressed
                + (NOT \(isSuppressed("NEW", besides: "id <> NEW.id")))
                - (NOT \(isSuppressed("OLD", besides: "TRUE")));
        END;
        """

    // MARK: Emails

    private static let emails = """
        CREATE TRIGGER count_email_inserted AFTER INSERT ON email_schedules BEGIN
            \(addEmail("NEW"))
            \(addState("NEW", +1))
        END;
        CREATE TRIGGER count_email_deleted AFTER DELETE ON email_schedules BEGIN
            \(takeOffEmail("OLD"))
            \(addState("OLD", -1))
            DELETE FROM replaced_emails WHERE id = OLD.id;
        END;
        CREATE TRIGGER count_email_updated
        AFTER UPDATE OF email_type, status, skip_reason, scheduled_send_date ON email_schedules
        WHEN \(differ("status", "scheduled_send_date", "skip_reason", "email_type")) BEGIN
            \(takeOffEmail("OLD"))
            \(addEmail("NEW"))
        END;
        """

    /// Two rows with the same id, the same identity or the same initial email cannot be.
    private static let emailReplacement = """
        CREATE TRIGGER count_email_replaced BEFORE INSERT ON email_schedules BEGIN
            DELETE FROM replaced_emails;
            INSERT OR IGNORE INTO replaced_emails
                SELECT email.id, \(emailKey("email")), place.state, \(CountSchema.exclusion("email")),
                    fate.campaign_instance_id, scheduled, sent, delivered, opened, clicked, bounced, unsubscribed
                FROM email_schedules AS email
                LEFT JOIN contact_states AS place ON place.contact_id = email.contact_id
                LEFT JOIN campaign_emails AS fate ON fate.id = email.id
                WHERE email.id = NEW.id OR email.id IN (
                    SELECT id FROM email_schedules AS other
                    WHERE contact_id = NEW.contact_id AND email_type = NEW.email_type AND \(sameIdentity)
                    UNION ALL SELECT id FROM email_schedules
                    WHERE initial_schedule_id = NEW.initial_schedule_id
                        AND identity_ordinal = NEW.identity_ordinal);
        END;
        CREATE TRIGGER count_email_replaces AFTER INSERT ON email_schedules
        WHEN EXISTS (SELECT 1 FROM replaced_emails) BEGIN
            DELETE FROM replaced_emails WHERE id <> NEW.id AND id IN (SELECT id FROM email_schedules);
            UPDATE schedule_counts SET count = count - taken FROM (
                SELECT email_type AS type, status AS step, skip_reason AS reason, scheduled_send_date AS day,
                    count(*) AS taken
                FROM replaced_emails GROUP BY 1, 2, 3, 4)
            WHERE email_type = type AND status = step AND skip_reason = reason AND scheduled_send_date = day;
            UPDATE state_counts SET count = count - taken FROM (
                SELECT state AS place, exclusion AS reason, count(*) AS taken
                FROM replaced_emails WHERE state IS NOT NULL GROUP BY 1, 2)
            WHERE state = place AND skip_reason = reason;
            \(addFates("replaced_emails", where: "campaign_instance_id IS NOT NULL", -1))
            DELETE FROM replaced_emails;
        END;
        """

    private static let sameIdentity =
        (OrganizationSchema.identityParts + ["identity_ordinal"]).map { part in
            "\(part) = \(CountTriggers.qualified(part))"
        }.joined(separator: " AND ")

    /// A part of the identity of the row that comes.
    private static func qualified(_ part: String) -> String {
        let columns = [
            "campaign_instance_id", "event_year", "event_month", "event_day", "initial_schedule_id",
            "email_type",
            "identity_ordinal",
        ]
        return columns.reduce(part) { text, column in
            text.split(separator: column, omittingEmptySubsequences: false).joined(separator: "NEW.\(column)")
        }
    }

    private static let emailStates = """
        CREATE TRIGGER count_email_moved AFTER UPDATE OF contact_id, status, skip_reason ON email_schedules
        WHEN \(changesState) BEGIN
            \(addState("OLD", -1))
            \(addState("NEW", +1))
        END;
        """

    private static let changesState = """
        OLD.contact_id IS NOT NEW.contact_id
            OR \(CountSchema.exclusion("OLD")) <> \(CountSchema.exclusion("NEW"))
        """

    // MARK: Campaigns

    private static let campaignEmails = """
        CREATE TRIGGER count_campaign_email_inserted AFTER INSERT ON email_schedules
        WHEN NEW.campaign_instance_id IS NOT NULL BEGIN
            \(addFate(ofEmail: "NEW", +1))
        END;
        CREATE TRIGGER count_campaign_email_deleted AFTER DELETE ON email_schedules
        WHEN OLD.campaign_instance_id IS NOT NULL BEGIN
            \(addFate(ofEmail: "OLD", -1))
        END;
        CREATE TRIGGER count_campaign_email_updated
        AFTER UPDATE OF id, status, actual_send_datetime, campaign_instance_id ON email_schedules
        WHEN \(changesFate) BEGIN
            \(addFate(ofEmail: "OLD", -1))
            \(addFate(ofEmail: "NEW", +1))
        END;
        """

    /// Whether an update changes what is counted of a campaign's email: never while it goes on being delivered.
    private static let changesFate = """
        (OLD.campaign_instance_id IS NOT NULL OR NEW.campaign_instance_id IS NOT NULL) AND (
            \(differ("id", "campaign_instance_id"))
            OR \(differ("status")) AND (
                (OLD.status IN ('skipped', 'cancelled')) IS NOT (NEW.status IN ('skipped', 'cancelled'))
                OR (OLD.status IN \(CountSchema.sent)) IS NOT (NEW.status IN \(CountSchema.sent))
                OR NOT EXISTS (SELECT 1 FROM email_events WHERE schedule_id = OLD.id))
            OR (OLD.actual_send_datetime IS NULL) <> (NEW.actual_send_datetime IS NULL))
        """

    /// The first event of its kind counts; and the first of all ends that the status tells.
    private static let events = """
        CREATE TRIGGER count_event_inserted AFTER INSERT ON email_events
        WHEN NEW.schedule_id <> 0 AND NEW.event IN
            ('delivered', 'opened', 'clicked', 'bounced', 'unsubscribed', 'group_unsubscribed')
        BEGIN
            UPDATE campaign_counts SET delivered = delivered + (NEW.event = 'delivered'),
                opened = opened + (NEW.event = 'opened'), clicked = clicked + (NEW.event = 'clicked'),
                bounced = bounced + (NEW.event = 'bounced'),
                unsubscribed = unsubscribed + (NEW.event IN ('unsubscribed', 'group_unsubscribed'))
            WHERE campaign_instance_id = (
                    SELECT campaign_instance_id FROM email_schedules WHERE id = NEW.schedule_id)
                AND NOT EXISTS (SELECT 1 FROM email_events
                    WHERE schedule_id = NEW.schedule_id AND event_key <> NEW.event_key
                        AND replace(event, 'group_', '') = replace(NEW.event, 'group_', ''));
        END;
        CREATE TRIGGER count_first_event_inserted AFTER INSERT ON email_events
        WHEN NEW.schedule_id <> 0 AND NOT EXISTS (
                SELECT 1 FROM email_events
                WHERE schedule_id = NEW.schedule_id AND event_key <> NEW.event_key)
        BEGIN
            UPDATE campaign_counts SET delivered = delivered - (email.status = 'delivered'),
                bounced = bounced - (email.status = 'bounced')
            FROM (SELECT campaign_instance_id AS instance, status FROM email_schedules
                WHERE id = NEW.schedule_id AND status IN ('delivered', 'bounced')) AS email
            WHERE campaign_instance_id = email.instance;
        END;
        CREATE TRIGGER count_event_goes BEFORE DELETE ON email_events BEGIN
            \(addFate("OLD.schedule_id", -1))
        END;
        CREATE TRIGGER count_event_deleted AFTER DELETE ON email_events BEGIN
            \(addFate("OLD.schedule_id", +1))
        END;
        CREATE TRIGGER count_event_changes BEFORE UPDATE OF schedule_id, event ON email_events BEGIN
            \(addFate("OLD.schedule_id", -1))
            \(addFate("NEW.schedule_id", -1, unless: "NEW.schedule_id = OLD.schedule_id"))
        END;
        CREATE TRIGGER count_event_changed AFTER UPDATE OF schedule_id, event ON email_events BEGIN
            \(addFate("OLD.schedule_id", +1))
            \(addFate("NEW.schedule_id", +1, unless: "NEW.schedule_id = OLD.schedule_id"))
        END;
        """

    // MARK: Runs

    private static let runs = """
        CREATE TRIGGER count_run_inserted AFTER INSERT ON scheduler_runs BEGIN
            \(addRun("NEW", +1))
        END;
        CREATE TRIGGER count_run_deleted AFTER DELETE ON scheduler_runs BEGIN
            \(addRun("OLD", -1))
        END;
        CREATE TRIGGER count_run_updated AFTER UPDATE OF state ON scheduler_runs WHEN \(differ("state")) BEGIN
            \(addRun("OLD", -1))
            \(addRun("NEW", +1))
        END;
        """

    // MARK: Pieces of statements

    private static func differ(_ columns: String...) -> String {
        columns.map { "OLD.\($0) IS NOT NEW.\($0)" }.joined(separator: " OR ").parenthesized
    }

    private static func isSuppressed(_ row: String, besides condition: String) -> String {
        "EXISTS (SELECT 1 FROM suppressions WHERE contact_id = \(row).contact_id AND \(condition))"
    }

    private static func emailKey(_ row: String) -> String {
        ["email_type", "status", "skip_reason", "scheduled_send_date"].map { "ifnull(\(row).\($0), '')" }
            .joined(separator: ", ")
    }

    private static func addEmail(_ row: String) -> String {
        """
        INSERT INTO schedule_counts VALUES (\(emailKey(row)), 1)
                ON CONFLICT DO UPDATE SET count = count + 1;
        """
    }

    private static func takeOffEmail(_ row: String) -> String {
        """
        UPDATE schedule_counts SET count = count - 1
            WHERE email_type = ifnull(\(row).email_type, '') AND status = ifnull(\(row).status, '')
                AND skip_reason = ifnull(\(row).skip_reason, '')
                AND scheduled_send_date = ifnull(\(row).scheduled_send_date, '');
        """
    }

    /// Counts an email for its contact's state.
    private static func addState(_ row: String, _ sign: Int) -> String {
        """
        INSERT INTO state_counts SELECT state, \(CountSchema.exclusion(row)), \(sign) FROM contact_states
                WHERE contact_id = \(row).contact_id AND state IS NOT NULL
                ON CONFLICT DO UPDATE SET count = count + excluded.count;
        """
    }

    /// Counts all emails of a contact for its state.
    private static func addStates(ofContact row: String, _ sign: Int) -> String {
        let place = "(SELECT \(CountSchema.state(ofContact: row)) AS state) AS place"
        return addStates(place, of: "email.contact_id = \(row).id", sign)
    }

    private static func addStates(_ places: String, of condition: String, _ sign: Int) -> String {
        """
        INSERT INTO state_counts
                SELECT place.state, \(CountSchema.exclusion("email")), \(sign) * count(*)
                FROM \(places) CROSS JOIN email_schedules AS email
                WHERE \(condition) AND place.state IS NOT NULL GROUP BY 1, 2
                ON CONFLICT DO UPDATE SET count = count + excluded.count;
        """
    }

    /// Counts what became of an email for its campaign.
    private static func addFate(ofEmail row: String, _ sign: Int) -> String {
        let columns = CountSchema.fates.enumerated().map { "column\($0 + 1) AS \($1)" }.joined(
            separator: ", ")
        let source = """
            (SELECT \(row).campaign_instance_id AS campaign_instance_id, \(columns)
                        FROM (VALUES (\(CountSchema.fates(ofEmail: row)))))
            """
        return addFates(source, where: "campaign_instance_id IS NOT NULL", sign)
    }

    /// Counts what became of an email for its campaign, as it stands.
    private static func addFate(_ id: String, _ sign: Int, unless condition: String = "FALSE") -> String {
        addFates("campaign_emails", where: "id = \(id) AND NOT (\(condition))", sign)
    }

    private static func addFates(_ source: String, where condition: String, _ sign: Int) -> String {
        let values = CountSchema.fates.map { "\(sign) * \($0)" }.joined(separator: ", ")
        let sums = CountSchema.fates.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", ")
        return """
            INSERT INTO campaign_counts SELECT campaign_instance_id, \(values) FROM \(source)
                    WHERE \(condition) ON CONFLICT DO UPDATE SET \(sums);
            """
    }

    private static func addRun(_ row: String, _ sign: Int) -> String {
        """
        INSERT INTO run_counts VALUES (\(row).state, \(sign))
                ON CONFLICT DO UPDATE SET count = count + \(sign);
        """
    }
}

extension String {
    fileprivate var parenthesized: String { "(\(self))" }
}
