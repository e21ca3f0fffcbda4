import Crypto
import ScheduleStore
import SchedulingCore

/// The events of one message, as far as they can be read, and what is to be answered for the others.
struct WebhookBatch: Sendable {
    /// What became of an element before it was stored.
    enum Entry: Sendable {
        /// It is stored: the position of its event.
        case event(Int)
        /// It is of no concern: an event of a kind, or of an email, that is not known here.
        case ignored
        /// It is wrong.
        case rejected(String)
    }

    /// Why an element is wrong; the raw value is answered.
    enum Mistake: String, Error, CaseIterable {
        case notAnObject = "not_an_object"
        case missingEvent = "missing_event"
        case invalidEventID = "invalid_event_id"
        case invalidTimestamp = "invalid_timestamp"
        case invalidScheduleID = "invalid_schedule_id"
        case invalidContactID = "invalid_contact_id"
        case missingSubject = "missing_subject"
        case invalidMetadata = "invalid_metadata"
        case unknownField = "unknown_field"
        case unknownID = "unknown_id"
    }

    /// The events to store.
    private(set) var events: [DeliveryEvent] = []
    private var entries: [Entry] = []

    /// A message without events.
    init() {}

    /// Reads the elements of a message.
    ///
    /// - Parameter read: The event of an element, nil where it is of no concern.
    init(_ elements: [JSONValue], _ read: ([JSONValue.Member]) throws(Mistake) -> DeliveryEvent?) {
        for element in elements {
            guard case .object(let members) = element else {
                entries.append(.rejected(Mistake.notAnObject.rawValue))
                continue
            }
            do throws(Mistake) {
                add(try read(members))
            } catch {
                entries.append(.rejected(error.rawValue))
            }
        }
    }

    /// Adds an event; nil for one that is of no concern.
    mutating func add(_ event: DeliveryEvent?) {
        guard let event else {
            entries.append(.ignored)
            return
        }
        entries.append(.event(events.count))
        events.append(event)
    }

    /// Adds what is wrong.
    mutating func reject(_ mistake: Mistake) { entries.append(.rejected(mistake.rawValue)) }

    /// Writes what became of the elements.
    func write(_ outcome: DeliveryEventOutcome, to writer: inout JSONWriter) {
        var (applied, duplicates, ignored) = (0, 0, 0)
        var rejected: [(index: Int, code: String)] = []
        for (index, entry) in entries.enumerated() {
            switch entry {
            case .ignored: ignored += 1
            case .rejected(let code): rejected.append((index, code))
            case .event(let position):
                switch outcome.results[position] {
                case .applied: applied += 1
                case .duplicate: duplicates += 1
                case .ignored: ignored += 1
                case .unknownID: rejected.append((index, Mistake.unknownID.rawValue))
                }
            }
        }
        writer.member("received", entries.count)
        writer.member("applied", applied)
        writer.member("duplicates", duplicates)
        writer.member("ignored", ignored)
        writer.member("rejected") { writer in
            writer.array(rejected) { writer, reject in
                writer.object { writer in
                    writer.member("index", reject.index)
                    writer.member("code", reject.code)
                }
            }
        }
    }
}

/// What tells an event from every other one: the beginning of a SHA-256 hash.
enum EventKey {
    /// The key of an event with an id of its source's.
    static func of(id: String, source: String) -> [UInt8] { hash(Array("\(source) id \(id)".utf8)) }

    /// The key of an event without an id: the same for the same fields in whatever order.
    static func of(_ members: [JSONValue.Member], source: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(.object(members.sorted { $0.name < $1.name }))
        return hash(Array("\(source) event ".utf8) + writer.bytes)
    }

    private static func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes).prefix(16)) }
}

extension [JSONValue.Member] {
    /// The text of a member, nil where there is none or it is none.
    func text(_ name: String) -> String? {
        guard case .string(let text) = first(where: { $0.name == name })?.value, !text.isEmpty else {
            return nil
        }
        return text
    }

    /// The id in a member, a number or digits.
    ///
    /// - Throws: The mistake where there is something else.
    func id(_ name: String, _ mistake: WebhookBatch.Mistake) throws(WebhookBatch.Mistake) -> Int64? {
        switch first(where: { $0.name == name })?.value {
        case nil, .null, .string(""): return nil
        case .number(let text), .string(let text):
            guard let id = PathParameters.positiveInteger(text) else { throw mistake }
            return id
        default: throw mistake
        }
    }
}
