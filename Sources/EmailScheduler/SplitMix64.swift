/// A small generator of random numbers with the same numbers on every machine (Steele, Lea, Flood 2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    /// One of many streams of a seed.
    init(seed: UInt64, stream: UInt64) {
        var start = SplitMix64(state: seed)
        state = start.next() ^ stream &* 0xD6E8_FEB8_6659_FD93
        state = next()
    }

    private init(state: UInt64) { self.state = state }

    /// The next number.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 to just below a positive bound; the bias is far too small to be seen.
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(max(1, bound))).high)
    }

    /// True so often in a thousand.
    mutating func isTrue(inThousand share: Int) -> Bool { below(1_000) < share }
}
