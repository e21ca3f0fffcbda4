#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Remembers what the texts of a column mean. A column such as `email_type` holds the same few texts over and
/// over: comparing one with the last that fell into its slot costs less than looking it up.
final class TextMemo<Value> {
    private static var slots: Int { 32 }
    private static var keySize: Int { 48 }

    private let keys: UnsafeMutablePointer<UInt8>
    /// Length of each key, -1 for an empty slot.
    private let lengths: UnsafeMutablePointer<Int>
    private let values: UnsafeMutablePointer<Value>

    /// An empty memory.
    ///
    /// - Parameter filler: Any value: it stands in the slots that hold none.
    init(filler: Value) {
        keys = .allocate(capacity: Self.slots * Self.keySize)
        keys.initialize(repeating: 0, count: Self.slots * Self.keySize)
        lengths = .allocate(capacity: Self.slots)
        lengths.initialize(repeating: -1, count: Self.slots)
        values = .allocate(capacity: Self.slots)
        values.initialize(repeating: filler, count: Self.slots)
    }

    deinit {
        values.deinitialize(count: Self.slots)
        values.deallocate()
        lengths.deallocate()
        keys.deallocate()
    }

    /// The meaning of a text, found out with `meaning` unless it is remembered.
    @inline(__always)
    func value(_ text: UnsafeBufferPointer<UInt8>, _ meaning: (UnsafeBufferPointer<UInt8>) -> Value) -> Value
    {
        let count = text.count
        guard count > 0, count <= Self.keySize, let start = text.baseAddress else { return meaning(text) }
        let mixed = Int(start[0]) + 3 * Int(start[count / 2]) + 5 * Int(start[count - 1]) + count
        let slot = mixed & (Self.slots - 1)
        let key = keys + slot * Self.keySize
        if lengths[slot] == count, memcmp(key, start, count) == 0 { return values[slot] }
        let value = meaning(text)
        key.update(from: start, count: count)
        lengths[slot] = count
        values[slot] = value
        return value
    }
}
