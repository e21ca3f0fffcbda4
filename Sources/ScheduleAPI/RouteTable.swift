import HTTPTypes
import ScheduleStore

/// Every route of the interface, one a line: method, path, the access needed, what answers, its query parameters.
/// `openapi.yaml` describes the same routes, and a test holds the two against each other.
package enum RouteTable {
    package static let routes: [Route] = [
        .open(.get, "/healthz", ServiceHandlers.health),
        .open(.get, "/readyz", ServiceHandlers.readiness),
        .open(.get, "/metrics", MetricsHandlers.prometheus),
        .open(.get, "/openapi.yaml", ServiceHandlers.contract),
        .open(.get, "/", DashboardHandlers.page),
        .open(.get, "/dashboard/{file}", DashboardHandlers.file),

        .service(.get, "/v1/metrics", .read, MetricsHandlers.ofService),

        .service(.post, "/v1/orgs", .admin, OrganizationHandlers.create),
        .service(.get, "/v1/orgs", .read, OrganizationHandlers.list, query: .page),
        .organization(.get, "/v1/orgs/{org}", .read, OrganizationHandlers.get),
        .organization(.patch, "/v1/orgs/{org}", .admin, OrganizationHandlers.update),
        .service(.delete, "/v1/orgs/{org}", .admin, OrganizationHandlers.delete),

        .organization(.post, "/v1/orgs/{org}/tokens", .admin, TokenHandlers.create),
        .organization(.get, "/v1/orgs/{org}/tokens", .admin, TokenHandlers.list, query: .page),
        .organization(.delete, "/v1/orgs/{org}/tokens/{id}", .admin, TokenHandlers.delete),

        .organization(.post, "/v1/orgs/{org}/contacts", .write, ContactHandlers.create),
        .organization(
            .get, "/v1/orgs/{org}/contacts", .read, ContactHandlers.list, query: .contactFilter + .page),
        .organization(.get, "/v1/orgs/{org}/contacts/{id}", .read, ContactHandlers.get),
        .organization(.put, "/v1/orgs/{org}/contacts/{id}", .write, ContactHandlers.replace),
        .organization(.patch, "/v1/orgs/{org}/contacts/{id}", .write, ContactHandlers.update),
        .organization(.delete, "/v1/orgs/{org}/contacts/{id}", .write, ContactHandlers.delete),
        .organization(
            .get, "/v1/orgs/{org}/contacts/{id}/schedule", .read, ScheduleHandlers.ofContact, query: .page),
        .organization(
            .get, "/v1/orgs/{org}/contacts/{id}/explain", .read, ExplanationHandlers.get, query: [.today]),

        .organization(.get, "/v1/orgs/{org}/contacts/{id}/export", .read, PrivacyHandlers.export),
        .organization(.post, "/v1/orgs/{org}/contacts/{id}/erase", .admin, PrivacyHandlers.erase),

        .organization(.post, "/v1/orgs/{org}/suppressions", .write, SuppressionHandlers.create),
        .organization(
            .get, "/v1/orgs/{org}/suppressions", .read, SuppressionHandlers.list, query: [.contactID] + .page),
        .organization(.delete, "/v1/orgs/{org}/suppressions/{id}", .write, SuppressionHandlers.delete),

        .organization(
            .get, "/v1/orgs/{org}/campaign-types", .read, CampaignTypeHandlers.list, query: .page),
        .organization(.get, "/v1/orgs/{org}/campaign-types/{name}", .read, CampaignTypeHandlers.get),
        .organization(.put, "/v1/orgs/{org}/campaign-types/{name}", .write, CampaignTypeHandlers.replace),
        .organization(.delete, "/v1/orgs/{org}/campaign-types/{name}", .write, CampaignTypeHandlers.delete),

        .organization(
            .post, "/v1/orgs/{org}/campaign-instances", .write, CampaignInstanceHandlers.create),
        .organization(
            .get, "/v1/orgs/{org}/campaign-instances", .read, CampaignInstanceHandlers.list,
            query: [.campaignType] + .page),
        .organization(
            .get, "/v1/orgs/{org}/campaign-instances/{id}", .read, CampaignInstanceHandlers.get),
        .organization(
            .patch, "/v1/orgs/{org}/campaign-instances/{id}", .write, CampaignInstanceHandlers.update),
        .organization(
            .delete, "/v1/orgs/{org}/campaign-instances/{id}", .write, CampaignInstanceHandlers.delete),
        .organization(
            .get, "/v1/orgs/{org}/campaign-instances/{id}/changes", .read, CampaignInstanceHandlers.changes,
            query: .page),
        .organization(
            .post, "/v1/orgs/{org}/campaign-instances/{id}/trigger", .write, CampaignInstanceHandlers.trigger),

        .organization(.post, "/v1/orgs/{org}/contact-campaigns", .write, TargetHandlers.create),
        .organization(
            .get, "/v1/orgs/{org}/contact-campaigns", .read, TargetHandlers.list,
            query: [.contactID, .campaignInstanceID, .status] + .page),
        .organization(.get, "/v1/orgs/{org}/contact-campaigns/{id}", .read, TargetHandlers.get),
        .organization(.patch, "/v1/orgs/{org}/contact-campaigns/{id}", .write, TargetHandlers.update),
        .organization(.delete, "/v1/orgs/{org}/contact-campaigns/{id}", .write, TargetHandlers.delete),

        .organization(.post, "/v1/orgs/{org}/contacts/import", .write, ImportHandlers.create),
        .organization(.get, "/v1/orgs/{org}/imports/{id}", .read, ImportHandlers.get),
        .organization(.get, "/v1/orgs/{org}/imports/{id}/rejects", .read, ImportHandlers.rejects),

        .organization(.post, "/v1/orgs/{org}/scheduler-runs", .write, RunHandlers.create),
        .organization(.get, "/v1/orgs/{org}/scheduler-runs", .read, RunHandlers.list, query: .page),
        .organization(.get, "/v1/orgs/{org}/scheduler-runs/{id}", .read, RunHandlers.get),
        .organization(.post, "/v1/orgs/{org}/scheduler-runs/{id}/cancel", .write, RunHandlers.cancel),
        .organization(.get, "/v1/orgs/{org}/scheduler-runs/{id}/events", .read, RunHandlers.events),

        .organization(.get, "/v1/orgs/{org}/config", .read, ConfigurationHandlers.get),
        .organization(.put, "/v1/orgs/{org}/config", .admin, ConfigurationHandlers.replace),
        .organization(
            .get, "/v1/orgs/{org}/config/versions", .read, ConfigurationHandlers.versions, query: .page),
        .organization(
            .get, "/v1/orgs/{org}/config/versions/{version}", .read, ConfigurationHandlers.version),
        .organization(
            .post, "/v1/orgs/{org}/config/versions/{version}/restore", .admin,
            ConfigurationHandlers.restore),

        .organization(
            .post, "/v1/orgs/{org}/config/preview", .read, ConfigurationHandlers.preview, query: [.today]),

        .organization(
            .get, "/v1/orgs/{org}/audit", .read, AuditHandlers.list, query: .auditFilter + .page),
        .organization(
            .get, "/v1/orgs/{org}/audit/invalid-contacts", .read, AuditHandlers.invalidContacts, query: .page),

        .organization(.post, "/v1/orgs/{org}/backups", .admin, BackupHandlers.create),
        .organization(.get, "/v1/orgs/{org}/backups", .admin, BackupHandlers.list, query: .page),

        .organization(
            .get, "/v1/orgs/{org}/email-schedules", .read, ScheduleHandlers.list,
            query: .scheduleFilter + .page),
        .organization(.get, "/v1/orgs/{org}/calendar", .read, MetricsHandlers.calendar, query: [.from, .to]),
        .organization(.get, "/v1/orgs/{org}/metrics", .read, MetricsHandlers.ofOrganization),
        .organization(.post, "/v1/orgs/{org}/email-schedules/claim", .send, ClaimHandlers.claim),
        .organization(.post, "/v1/orgs/{org}/email-schedules/status", .send, ClaimHandlers.report),

        .organization(.put, "/v1/orgs/{org}/webhook-keys", .webhook, WebhookKeyHandlers.update),
        .organization(.get, "/v1/orgs/{org}/webhook-keys", .webhook, WebhookKeyHandlers.get),
        .open(.post, "/v1/orgs/{org}/webhooks/sendgrid", WebhookHandlers.sendGrid),
        .open(.post, "/v1/orgs/{org}/webhooks/twilio", WebhookHandlers.twilio, query: [.scheduleID]),
        .open(.post, "/v1/orgs/{org}/webhooks/events", WebhookHandlers.events),
    ]
}
