public import SchedulingCore

/// Reads contacts with everything stored about them, for a run. It has its own place to read from, blocks
/// the thread that calls it, and serves one call at a time. Each call sees one state of the store and holds
/// nothing open afterwards.
public protocol RunReader: AnyObject, Sendable {
    /// Reads the next contacts in order of id, and all rows of the id range they cover: rows of contacts that
    /// are gone are among them, rows without a contact are not. The first stretch begins below every id, the
    /// last one ends above every id.
    ///
    /// - Parameters:
    ///   - after: What the call before returned; nil at the beginning.
    ///   - limit: Contacts to read at most; at least 1.
    ///   - batch: Emptied, then filled.
    /// - Returns: The last id covered, nil where everything has been read with this call.
    func readBatch(
        after: Int64?, limit: Int, catalog: RunCatalog, into batch: inout ContactBatch
    ) throws -> Int64?

    /// Reads these contacts, as far as they exist, and the rows of all of them.
    ///
    /// - Parameter ids: In ascending order, each once.
    func readContacts(ids: [Int64], catalog: RunCatalog, into batch: inout ContactBatch) throws

    /// Ids of the contacts that have a target in a campaign instance or an uncommitted email of it, ascending,
    /// above `after`, at most `limit`.
    func contactIDs(campaignInstanceID: Int64, after: Int64?, limit: Int) throws -> [Int64]

    /// Gives the place to read from back. Calls after it throw `StoreError.Code.closed`.
    func close()
}
