import Synchronization

/// What a service must know after a crash: for each key the value that it has acknowledged last, or one that was asked
/// for behind it and may have been stored.
final class Ledger: Sendable {
    private struct Entry {
        var acknowledged: String?
        /// Asked for and not answered; nil in it is the removal of the key.
        var open: [String?] = []
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// The acknowledged value of a key; nil where it is not there.
    subscript(key: String) -> String? { entries.withLock { $0[key]?.acknowledged } }

    /// Acknowledged keys that begin with a text.
    func keys(_ prefix: String) -> [String] {
        entries.withLock { $0.filter { $0.key.hasPrefix(prefix) && $0.value.acknowledged != nil }.map(\.key) }
            .sorted()
    }

    /// Notes that a value is asked for.
    func ask(_ key: String, _ value: String?) {
        entries.withLock { $0[key, default: Entry()].open.append(value) }
    }

    /// Notes that what was asked for last is acknowledged.
    func acknowledge(_ key: String) {
        entries.withLock { entries in
            guard let value = entries[key]?.open.last else { return }
            entries[key] = Entry(acknowledged: value)
        }
    }

    /// Notes that a value is acknowledged.
    func acknowledge(_ key: String, _ value: String?) {
        ask(key, value)
        acknowledge(key)
    }

    /// Compares all keys that begin with a text with what is stored, which is acknowledged from then on.
    ///
    /// - Parameter forgets: Whether the keys are of no interest any more.
    /// - Returns: What is not as it must be.
    func settle(_ prefix: String, _ stored: [String: String], forgets: Bool = false) -> [String] {
        entries.withLock { entries in
            var mistakes: [String] = []
            for key in stored.keys where key.hasPrefix(prefix) && entries[key] == nil {
                mistakes.append("\(key) was never asked for")
            }
            for (key, entry) in entries where key.hasPrefix(prefix) {
                let value = stored[key]
                if value != entry.acknowledged, !entry.open.contains(value) {
                    mistakes.append(
                        "\(key) is \(value ?? "gone"), acknowledged was \(entry.acknowledged ?? "nothing")"
                            + (entry.open.isEmpty ? "" : ", open are \(entry.open)"))
                }
                entries[key] = forgets ? nil : Entry(acknowledged: value)
            }
            return mistakes
        }
    }
}
