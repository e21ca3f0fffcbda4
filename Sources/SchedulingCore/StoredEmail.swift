/// What a run needs to know of a row of `email_schedules` that exists already.
public struct StoredEmail: Hashable, Sendable {
    /// Column `status`, as far as rules tell statuses apart (SPEC 1, 8, 9, 10).
    public enum Status: UInt8, Sendable {
        /// `pre-scheduled`: planned by a run, not committed.
        case preScheduled
        /// `skipped`, not committed.
        case skipped
        /// `scheduled`, `processing` or `accepted`: will be sent.
        case underway
        /// `sent` or `delivered`.
        case sent
        /// `cancelled`: committed, and no load.
        case cancelled
        /// `failed`, `bounced`, `dropped` and every other: committed, and neither sent nor to be sent.
        case ended

        /// Whether a run must leave the row alone.
        public var isCommitted: Bool { self != .preScheduled && self != .skipped }
        /// Whether the row counts in frequency and conflict: it was or will be sent (SPEC 9).
        public var wasOrWillBeSent: Bool { self == .underway || self == .sent }

        /// The status of a column value.
        public init(_ text: Span<UInt8>) {
            self = Status.named.first { text.equals($0.0) }?.1 ?? .ended
        }

        private static let named: [(StaticString, Status)] = [
            ("pre-scheduled", .preScheduled), ("skipped", .skipped), ("delivered", .sent), ("sent", .sent),
            ("scheduled", .underway), ("processing", .underway), ("accepted", .underway),
            ("cancelled", .cancelled), ("canceled", .cancelled),
        ]
    }

    /// Column `skip_reason`.
    public enum StoredReason: Hashable, Sendable {
        /// Null.
        case none
        /// One that this engine writes.
        case known(SkipReason)
        /// Any other text.
        case unknown

        /// The reason of a column value; empty means null.
        public init(_ text: Span<UInt8>) {
            if text.isEmpty {
                self = .none
            } else if let reason = StoredReason.named.first(where: { text.equals($0.0) })?.1 {
                self = .known(reason)
            } else {
                self = .unknown
            }
        }

        private static let named: [([UInt8], SkipReason)] = SkipReason.allCases.map {
            (Array($0.rawValue.utf8), $0)
        }
    }

    /// Row id.
    public var id: Int64
    /// Column `contact_id`.
    public var contactID: Int64
    /// Column `email_type`.
    public var type: EmailType
    /// Column `status`.
    public var status: Status
    /// Column `skip_reason`.
    public var skipReason = StoredReason.none
    /// Column `scheduled_send_date`; nil where it is null or no date.
    public var scheduledDate: CivilDate?
    /// Column `scheduled_send_time`.
    public var scheduledTime = Symbol.null
    /// Column `ideal_send_date`; nil where it is null or no date.
    public var idealDate: CivilDate?
    /// Columns `event_year`, `event_month`, `event_day`, each nil where it is null.
    public var event = EventColumns()
    /// Column `priority`.
    public var priority: Int64?
    /// Column `campaign_instance_id`.
    public var instanceID: Int64?
    /// Column `initial_schedule_id`.
    public var initialID: Int64?
    /// Column `email_template`.
    public var emailTemplate = Symbol.null
    /// Column `sms_template`.
    public var smsTemplate = Symbol.null
    /// Moment of sending of a committed row: `actual_send_datetime`, else scheduled date and time.
    public var sendMoment: LocalMoment?
    /// Hash of `tracking_uuid` in a committed row's metadata; nil where it has none.
    public var trackingID: UInt64?

    /// The three columns of the event date.
    public struct EventColumns: Hashable, Sendable {
        /// Column `event_year`.
        public var year: Int32?
        /// Column `event_month`.
        public var month: Int32?
        /// Column `event_day`.
        public var day: Int32?

        /// Three columns.
        public init(year: Int32? = nil, month: Int32? = nil, day: Int32? = nil) {
            self.year = year
            self.month = month
            self.day = day
        }

        /// The columns of a date.
        public init(_ date: CivilDate) {
            let (year, month, day) = date.components
            self.init(year: Int32(year), month: Int32(month), day: Int32(day))
        }

        /// The date they write, nil where one is null or there is no such day.
        public var date: CivilDate? {
            guard let year, let month, let day else { return nil }
            return CivilDate(year: Int(year), month: Int(month), day: Int(day))
        }
    }

    /// A row with the columns that are never null.
    public init(id: Int64, contactID: Int64, type: EmailType, status: Status) {
        self.id = id
        self.contactID = contactID
        self.type = type
        self.status = status
    }

    /// The date that counts as the day of sending of a committed row (SPEC 1).
    public var sendDate: CivilDate? { sendMoment?.date ?? scheduledDate }
}
