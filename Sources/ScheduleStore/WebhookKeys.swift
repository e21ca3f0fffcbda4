/// What webhook messages are verified with.
public struct WebhookKeys: Hashable, Sendable {
    /// A key; the raw value is its name.
    public enum Name: String, CaseIterable, Sendable {
        /// SendGrid's public key: base 64 of the DER form.
        case sendGridPublicKey = "sendgrid_public_key"
        /// The auth token of the Twilio account.
        case twilioAuthToken = "twilio_auth_token"
        /// The public URL that Twilio calls.
        case twilioCallbackURL = "twilio_callback_url"
        /// The secret of our own events.
        case eventsSecret = "events_secret"
    }

    /// The keys that are set.
    public var values: [Name: String]

    /// Keys.
    public init(_ values: [Name: String] = [:]) { self.values = values }
}
