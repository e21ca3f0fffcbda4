/// One page of a list, in the order of its keys.
public struct Page<Item: Sendable, Cursor: Sendable>: Sendable {
    /// The records, at most as many as were asked for.
    public var items: [Item]
    /// The key to ask the next page with; nil where this is the last one.
    public var nextCursor: Cursor?

    /// A page.
    public init(items: [Item], nextCursor: Cursor?) {
        self.items = items
        self.nextCursor = nextCursor
    }
}

extension Page {
    /// Cuts a list that was read one longer than the limit: the surplus tells that there is a next page.
    public init(reading items: [Item], limit: Int, cursor: (Item) -> Cursor) {
        guard items.count > limit, limit > 0 else {
            self.init(items: items, nextCursor: nil)
            return
        }
        let kept = Array(items.prefix(limit))
        self.init(items: kept, nextCursor: kept.last.map(cursor))
    }
}
