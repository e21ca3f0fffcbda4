public import SchedulingCore

/// What a sender says of an email that was handed to it.
public struct SendReport: Hashable, Sendable {
    /// What a sender can say.
    public enum Status: String, CaseIterable, Sendable {
        /// It is about to hand the email to the provider. From now on nobody else gets it: where nothing more is
        /// heard, nobody can tell whether it was sent.
        case sending
        /// It cannot tell whether the email was sent.
        case unconfirmed
        /// The provider has taken it.
        case accepted
        /// It is sent.
        case sent
        /// It has arrived.
        case delivered
        /// It was given up.
        case failed
        /// It was taken back.
        case cancelled
        /// The provider refused to send it.
        case dropped
        /// It was sent back.
        case bounced

        /// The status that the row gets; nil where it stays with the sender.
        public var delivery: DeliveryStatus? { DeliveryStatus(rawValue: rawValue) }

        /// What is noted as an event; nil where nothing has happened yet.
        public var event: DeliveryEventKind? { DeliveryEventKind(rawValue: rawValue) }
    }

    /// The row.
    public var scheduleID: Int64
    /// The fencing token that came with it.
    public var lease: Int64
    /// What is said.
    public var status: Status
    /// Seconds since 1970-01-01 00:00:00 UTC: when it was so.
    public var at: Int64
    /// The provider's name of the message.
    public var messageID: String?
    /// Whatever the sender wants to keep.
    public var detail: String?

    /// A report.
    public init(scheduleID: Int64, lease: Int64, status: Status, at: Int64) {
        self.scheduleID = scheduleID
        self.lease = lease
        self.status = status
        self.at = at
    }

    /// What becomes of a report.
    public enum Result: String, CaseIterable, Sendable {
        /// It is noted, and the row follows it as far as it is news.
        case recorded
        /// Another sender has got the email since. The report is noted, and the row does not follow it.
        case staleLease = "stale_lease"
        /// There is no such row.
        case unknownID = "unknown_id"
        /// The lease was never given for the row, or the report cannot be read.
        case invalid
    }
}

/// What became of reports that were stored together.
public struct SendReportOutcome: Hashable, ChangeOutcome {
    /// One for each report, in their order.
    public var results: [SendReport.Result] = []
    /// The contacts whose plan is another one now: events of their messages had waited for the reports.
    public var touched = Touched.nothing

    /// No report.
    public init() {}
}
