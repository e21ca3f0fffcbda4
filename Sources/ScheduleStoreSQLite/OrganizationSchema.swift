/// The tables and indexes of an organisation's file: the first version, frozen. A later change is a migration
/// of its own.
enum OrganizationSchema {
    /// The tables, under the names and columns that people's own SQL knows.
    static let tables: [TableShape] =
        [
            TableShape(
                "contacts",
                [
                    .id, .text("first_name"), .text("last_name"), .text("email"), .text("zip_code"),
                    .text("state"),
                    .text("birth_date"), .text("effective_date"), .text("phone_number"), .text("external_id"),
                ]),
            TableShape(
                "email_schedules",
                [
                    .id, .integer("contact_id", "NOT NULL"), .text("email_type", "NOT NULL"),
                    .text("scheduled_send_date"), .text("scheduled_send_time"),
                    .text("status", "NOT NULL CHECK (status <> '')"), .text("skip_reason"),
                    .integer("priority"),
                    .integer("campaign_instance_id"), .text("email_template"), .text("sms_template"),
                    .integer("scheduler_run_id"), .integer("event_year"), .integer("event_month"),
                    .integer("event_day"), .text("ideal_send_date"), .integer("initial_schedule_id"),
                    .text("actual_send_datetime"), .text("metadata"), .text("created_at"),
                    .text("updated_at"),
                    .count("identity_ordinal"),
                ]),
            TableShape(
                "campaign_types",
                [
                    .text("name", "PRIMARY KEY NOT NULL"), .integer("respect_exclusion_windows"),
                    .integer("enable_followups"), .integer("days_before_event"),
                    .integer("target_all_contacts"),
                    .integer("priority"), .integer("active"), .integer("respect_frequency_limits"),
                ]),
            TableShape(
                "campaign_instances",
                [
                    .id, .text("campaign_type"), .text("instance_name"), .text("email_template"),
                    .text("sms_template"), .text("active_start_date"), .text("active_end_date"),
                    .text("metadata"),
                    .text("audience"), .text("created_at"), .text("updated_at"),
                ]),
            TableShape(
                "contact_campaigns",
                [
                    .id, .integer("contact_id", "NOT NULL"), .integer("campaign_instance_id", "NOT NULL"),
                    .text("trigger_date"), .text("status"), .text("metadata"),
                ]),
            TableShape(
                "campaign_change_log",
                [
                    .id, .integer("campaign_instance_id"), .text("field_changed"), .text("old_value"),
                    .text("new_value"), .text("changed_at"), .text("changed_by"),
                ]),
            TableShape(
                "suppressions",
                [
                    .id, .integer("contact_id", "NOT NULL"), .text("channel"), .text("reason"),
                    .text("source"),
                    .text("created_at"),
                ]),
            TableShape(
                "tracking_clicks",
                [
                    .id, .integer("contact_id"), .text("tracking_id"), .integer("schedule_id"),
                    .text("clicked_at"),
                    .text("url"),
                ]),
            TableShape(
                "contact_events",
                [.id, .integer("contact_id"), .text("event_type"), .text("metadata"), .text("created_at")]),
        ] + upkeep

    /// The tables that are the service's own affair.
    private static let upkeep: [TableShape] = [
        TableShape(
            "scheduler_runs",
            [
                .id, .text("kind", "NOT NULL CHECK (kind IN ('full', 'contacts', 'campaign', 'followups'))"),
                .text("today", "NOT NULL"),
                .text(
                    "state",
                    "NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled'))"),
                .count("dry_run"), .count("replan"), .text("contact_ids"), .integer("campaign_instance_id"),
                .count("cancel_requested"), .count("contacts_done"), .count("contacts_total"),
                .count("attempts"), .text("created_at", "NOT NULL"), .text("started_at"),
                .text("finished_at"),
                .text("report"), .text("error"), .integer("config_version"), .text("engine_version"),
            ]),
        TableShape(
            "scheduler_checkpoints",
            [
                .integer("run_id"), .text("phase"), .integer("last_contact_id"),
                .count("batch_number"), .count("contacts_done"), .blob("payload"),
            ]),
        TableShape(
            "run_day_counts",
            [
                .text("day", "PRIMARY KEY NOT NULL"), .integer("run_id", "NOT NULL"),
                .count("effective_date_ideal_count"), .count("final_count"),
            ]),
        TableShape(
            "config_versions",
            [
                .id, .text("config_type"), .text("config_data"), .integer("version"), .text("created_at"),
                .text("created_by"),
            ]),
        TableShape(
            "imports",
            [
                .id, .text("state", "NOT NULL CHECK (state IN ('running', 'completed', 'failed'))"),
                .text("columns", "NOT NULL"), .count("received"), .count("created"), .count("updated"),
                .count("unchanged"), .count("rejected"), .text("warnings", "NOT NULL DEFAULT '{}'"),
                .text("created_at", "NOT NULL"), .text("finished_at"), .text("error"),
            ]),
        TableShape(
            "import_rejects", tableConstraint: ", PRIMARY KEY (import_id, row)", suffix: " WITHOUT ROWID",
            [
                .integer("import_id", "NOT NULL"), .integer("row", "NOT NULL"), .text("field"),
                .text("code", "NOT NULL"), .text("value"), .text("columns", "NOT NULL"),
            ]),
        TableShape(
            "adoption_log",
            [.id, .text("table_name", "NOT NULL"), .text("what", "NOT NULL"), .text("content", "NOT NULL")]),
    ]

    /// The parts of a row's identity (SPEC 4) behind the contact and the type. A part that is null sets the
    /// row apart from every other: a row without event year, and a follow-up that names no initial email,
    /// have no identity to guard. `identity_ordinal` is 0, except for committed rows that were there twice,
    /// and follow-ups of another contact's email, when the file was adopted.
    static let identityParts = [
        "ifnull(campaign_instance_id, 0)",
        "event_year",
        "CASE WHEN campaign_instance_id IS NULL THEN 0 ELSE event_month * 100 + event_day END",
        """
        CASE WHEN initial_schedule_id IS NULL AND email_type GLOB 'followup_*' THEN NULL \
        ELSE ifnull(initial_schedule_id, 0) END
        """,
    ]

    /// The indexes, by name. The first guards the identity and serves reading in order of contacts.
    static let indexes: [(name: String, definition: String)] = [
        (
            "email_schedules_identity",
            "UNIQUE ON email_schedules (contact_id, email_type, "
                + identityParts.joined(separator: ", ") + ", identity_ordinal)"
        ),
        (
            "email_schedules_initial",
            "UNIQUE ON email_schedules (initial_schedule_id, identity_ordinal) "
                + "WHERE initial_schedule_id IS NOT NULL"
        ),
        ("email_schedules_status_date", "ON email_schedules (status, scheduled_send_date)"),
        ("email_schedules_run", "ON email_schedules (scheduler_run_id)"),
        (
            "email_schedules_instance",
            "ON email_schedules (campaign_instance_id) WHERE campaign_instance_id IS NOT NULL"
        ),
        ("contacts_external_id", "UNIQUE ON contacts (external_id) WHERE external_id IS NOT NULL"),
        ("contacts_email", "ON contacts (email COLLATE NOCASE)"),
        ("contact_campaigns_contact", "ON contact_campaigns (contact_id)"),
        ("contact_campaigns_instance", "ON contact_campaigns (campaign_instance_id, contact_id)"),
        ("campaign_change_log_instance", "ON campaign_change_log (campaign_instance_id)"),
        ("suppressions_contact", "ON suppressions (contact_id)"),
        ("tracking_clicks_contact", "ON tracking_clicks (contact_id)"),
        ("contact_events_contact", "ON contact_events (contact_id)"),
        ("scheduler_runs_state", "ON scheduler_runs (state)"),
        ("scheduler_checkpoints_run", "UNIQUE ON scheduler_checkpoints (run_id) WHERE run_id IS NOT NULL"),
    ]

    /// The statement that makes an index.
    static func creation(ofIndex index: (name: String, definition: String)) -> String {
        let isUnique = index.definition.hasPrefix("UNIQUE ")
        let rest = isUnique ? index.definition.dropFirst("UNIQUE ".count) : index.definition[...]
        return "CREATE \(isUnique ? "UNIQUE " : "")INDEX \(index.name) \(rest)"
    }
}
