extension Span<UInt8> {
    /// The position of the first line feed from a position on, nil where there is none.
    func firstLineFeed(from start: Int) -> Int? {
        var position = start
        while position < count {
            if self[position] == 10 { return position }
            position += 1
        }
        return nil
    }
}
