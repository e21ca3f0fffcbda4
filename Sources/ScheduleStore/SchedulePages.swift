/// All rows that meet a filter, page by page in order of row id, read as they are asked for. Every page is
/// its own short read, so that a slow consumer holds nothing open; rows written meanwhile may or may not be
/// among them.
public struct SchedulePages: AsyncSequence, Sendable {
    /// One page of rows, never empty.
    public typealias Element = [ScheduleRecord]

    let store: any OrganizationStore
    let filter: ScheduleFilter
    let pageSize: Int

    /// The iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(pages: self)
    }

    /// Reads one page a step.
    public struct Iterator: AsyncIteratorProtocol {
        let pages: SchedulePages
        var cursor: Int64?
        var isFinished = false

        init(pages: SchedulePages) { self.pages = pages }

        /// The next page; nil where there is none.
        public mutating func next() async throws -> [ScheduleRecord]? {
            guard !isFinished else { return nil }
            let page = try await pages.store.schedules(pages.filter, after: cursor, limit: pages.pageSize)
            cursor = page.nextCursor
            isFinished = page.nextCursor == nil
            return page.items.isEmpty ? nil : page.items
        }
    }
}
