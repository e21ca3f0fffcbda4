/// SplitMix64: the same numbers for the same seed, everywhere. A test that uses one prints the seed where it
/// fails.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// A generator that begins with a seed.
    package init(seed: UInt64) { state = seed }

    /// The next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Whether something of a probability happens.
    package mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }

    /// A number of a range.
    package mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// One of some values, of which there is at least one.
    package mutating func pick<Element>(_ values: [Element]) -> Element {
        values[number(0...values.count - 1)]
    }
}
