/// What becomes of planned emails: senders claim them and report, webhooks tell the rest. The rules of
/// `OrganizationStore` hold.
public protocol DeliveryStore: Sendable {
    /// Hands due emails of a channel to a sender, the most important first (priority, planned date, row id).
    ///
    /// 1. An email is with one sender of a channel at a time. When its lease has ended without news, somebody else
    ///    gets it; except that one whose sender said that it was about to send, or whose earlier sender has sent
    ///    it after all, or that was handed out `ClaimRequest.attemptLimit` times, is `unconfirmed` then.
    /// 2. Every email is judged again (`ClaimReview`) before it is handed out; what may not be sent any more is
    ///    `skipped`. Where only its text message may not be sent, its `sms_template` is emptied.
    /// 3. A row with both templates is handed to one sender of each channel.
    func claimEmails(_ request: ClaimRequest, now: String) async throws -> ClaimOutcome

    /// Notes what senders say, each once, and lets the rows follow as far as it is news (`DeliveryStatus`).
    func recordReports(_ reports: [SendReport], now: String) async throws -> SendReportOutcome

    /// Notes events, each once, and does what follows from them: rows follow as far as it is news, clicks and
    /// answers are stored where follow-ups look for them, and a contact that is not to be contacted any more is
    /// suppressed, its planned emails skipped at once.
    func recordEvents(_ events: [DeliveryEvent], now: String) async throws -> DeliveryEventOutcome

    /// The keys that webhook messages are verified with.
    func webhookKeys() async throws -> WebhookKeys
    /// Sets keys, or removes those that are nil; the others stay as they are.
    func setWebhookKeys(_ changes: [WebhookKeys.Name: String?]) async throws -> WebhookKeys
}
