/// A value for each class of emails (SPEC 8), in the order in which classes came.
///
/// Three emails of every contact are looked up here, twice in a run, so it is a table with open addressing and a hash
/// of a few instructions: the keys are our own, and nobody can choose them to collide.
struct ClassTable<Value: Sendable>: Sendable {
    private(set) var keys: [DailyCap.ClassKey] = []
    var values: [Value] = []
    /// For each place 0 where it is free, else a position in `keys` plus one; a power of two, at least half of it free.
    private var places = [UInt32](repeating: 0, count: 64)

    /// The position of a key's value, nil where there is none.
    func position(of key: DailyCap.ClassKey) -> Int? {
        let entry = places[place(of: key)]
        return entry == 0 ? nil : Int(entry) - 1
    }

    /// The position of a key's value, which begins as `initial`.
    mutating func position(of key: DailyCap.ClassKey, startingAt initial: @autoclosure () -> Value) -> Int {
        let place = place(of: key)
        if places[place] != 0 { return Int(places[place]) - 1 }
        keys.append(key)
        values.append(initial())
        places[place] = UInt32(keys.count)
        if keys.count * 2 > places.count { grow() }
        return keys.count - 1
    }

    private mutating func grow() {
        places = [UInt32](repeating: 0, count: places.count * 2)
        for (position, key) in keys.enumerated() { places[place(of: key)] = UInt32(position + 1) }
    }

    /// Where a key is, or would be.
    private func place(of key: DailyCap.ClassKey) -> Int {
        let mask = places.count - 1
        var place = Int(truncatingIfNeeded: key.mixed) & mask
        while places[place] != 0, keys[Int(places[place]) - 1] != key { place = (place + 1) & mask }
        return place
    }
}
