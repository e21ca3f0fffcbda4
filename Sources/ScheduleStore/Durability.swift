/// What an acknowledged write survives.
public enum Durability: String, CaseIterable, Sendable {
    /// The death of the process; after a loss of power the last writes may be gone, never a part of one.
    case normal
    /// A loss of power too.
    case full
}
