/// What somebody reports of an email: column `event` of `email_events`.
public enum DeliveryEventKind: String, CaseIterable, Sendable {
    /// The provider has taken it.
    case accepted
    /// The receiving server asks to try again later.
    case deferred
    /// It is on its way.
    case sent
    /// It has arrived.
    case delivered
    /// It was sent back.
    case bounced
    /// The provider refused to send it.
    case dropped
    /// It was given up.
    case failed
    /// It was taken back.
    case cancelled
    /// The contact has opened it.
    case opened
    /// The contact has followed a link in it.
    case clicked
    /// The contact calls it spam.
    case complained
    /// The contact wants no emails.
    case unsubscribed
    /// The contact wants no emails of a group.
    case groupUnsubscribed = "group_unsubscribed"
    /// The contact wants emails of a group again.
    case groupResubscribed = "group_resubscribed"
    /// Anything else that a contact did.
    case other

    /// What it tells of the email's status; nil where it tells nothing. Who opens an email has got it.
    public var status: DeliveryStatus? {
        switch self {
        case .accepted: .accepted
        case .sent: .sent
        case .delivered, .opened, .clicked, .complained, .unsubscribed, .groupUnsubscribed: .delivered
        case .bounced: .bounced
        case .dropped: .dropped
        case .failed: .failed
        case .cancelled: .cancelled
        case .deferred, .groupResubscribed, .other: nil
        }
    }

    /// Whether the contact did it, and not a machine on the way.
    public var isBehaviour: Bool {
        switch self {
        case .opened, .clicked, .complained, .unsubscribed, .groupUnsubscribed, .groupResubscribed, .other:
            true
        case .accepted, .deferred, .sent, .delivered, .bounced, .dropped, .failed, .cancelled: false
        }
    }

    /// Whether its moment is one at which the email was under way or had arrived by itself.
    public var meansSent: Bool { !isBehaviour && status?.meansSent ?? false }
}
