import ScheduleStore
import SchedulingCore

/// The contacts that a run looks at.
struct ContactSelection {
    /// Their ids, ascending, each once; nil for every contact.
    let ids: [Int64]?

    /// Contacts that are read at once.
    private static let pageSize = 100_000

    /// The contacts of a request: those it lists, those of its campaign instance, or all.
    init(_ request: RunRequest, catalog: RunCatalog, reader: any RunReader) throws {
        switch request.kind {
        case .full, .followups: ids = nil
        case .contacts: ids = Array(Set(request.contactIDs ?? [])).sorted()
        case .campaign:
            guard let instance = request.campaignInstanceID, !catalog.targetsEveryone(instance: instance)
            else {
                ids = nil
                return
            }
            var found: [Int64] = []
            var page: [Int64]
            repeat {
                page = try reader.contactIDs(
                    campaignInstanceID: instance, after: found.last, limit: ContactSelection.pageSize)
                found += page
            } while page.count == ContactSelection.pageSize
            ids = found
        }
    }
}
