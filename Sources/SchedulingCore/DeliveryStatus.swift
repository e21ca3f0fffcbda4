/// How far an email has come: column `status`. The order of the cases is the order in which a row goes through
/// them; news of an earlier one never takes a row back, so that news may come late, twice and in any order.
///
/// 1. What is known of a provider outranks what a sender says it is about to do.
/// 2. Delivered outranks failed: a sender that gave up may have got through all the same.
/// 3. A bounce outranks everything: a receiving server may take a message and send it back later.
public enum DeliveryStatus: String, CaseIterable, Sendable, Comparable {
    /// With a sender.
    case processing
    /// It was with a sender, and nobody can tell whether it was sent.
    case unconfirmed
    /// A provider has taken it.
    case accepted
    /// On its way.
    case sent
    /// Given up.
    case failed
    /// Taken back.
    case cancelled
    /// Refused by the provider before it was sent.
    case dropped
    /// Arrived.
    case delivered
    /// Sent back by the receiving server.
    case bounced

    /// Position in the order, 0 first.
    private var rank: Int { DeliveryStatus.allCases.firstIndex(of: self) ?? 0 }

    /// Whether it means that the email was sent at that moment.
    public var meansSent: Bool { self == .accepted || self == .sent || self == .delivered }

    /// Whether it tells that the email did not arrive.
    public var isFailure: Bool {
        switch self {
        case .failed, .cancelled, .dropped, .bounced: true
        case .processing, .unconfirmed, .accepted, .sent, .delivered: false
        }
    }

    /// The status that a row has after some news.
    ///
    /// - Parameter standing: Column `status`; a planned or skipped row, and any status that is none of these,
    ///   gives way to all news, for none is further from being known.
    public func following(_ standing: String) -> DeliveryStatus {
        DeliveryStatus(rawValue: standing).map { max($0, self) } ?? self
    }

    /// The order in which a row goes through them.
    public static func < (left: DeliveryStatus, right: DeliveryStatus) -> Bool { left.rank < right.rank }
}
