import SchedulingCore

/// Campaign emails on chosen days, with nothing else in the way: no windows, no frequency limit, the target
/// date the trigger date, the deadline the end of the instance.
struct CapWorld {
    static let day: CivilDate = "2026-05-04"
    var world: World
    private var lastContact: Int64 = 0

    /// A cap of 7 and a threshold of 8, unless there are other than 100 contacts.
    init(totalContacts: Int = 100, on today: CivilDate = "2026-03-01") {
        world = World(on: today)
        world.totalContacts = totalContacts
    }

    /// Adds contacts with one email each, of an instance of their own type.
    mutating func add(
        _ count: Int64, on offset: Int = 0, instance: Int64 = 1, priority: Int = 5, lastDay: Int? = nil
    ) {
        let name = "type\(instance)"
        if !world.instances.contains(where: { $0.id == instance }) {
            world.type(name) {
                $0.respectsExclusionWindows = false
                $0.respectsFrequencyLimits = false
                $0.priority = priority
            }
            world.instance(instance, of: name, through: lastDay.map { CapWorld.day + $0 })
        }
        for _ in 0..<count {
            lastContact += 1
            world.add(lastContact)
            world.target(lastContact, instance: instance, on: CapWorld.day + offset)
        }
    }

    /// Adds a row that somebody committed for `day` plus an offset.
    mutating func commit(_ count: Int, on offset: Int, _ status: String, _ type: String = "birthday") {
        for _ in 0..<count {
            lastContact += 1
            world.row(lastContact, type, CapWorld.day + offset, status)
        }
    }

    /// Runs; emails of the run on each day from `day` on, up to the last that has any.
    mutating func run() -> [Int] {
        world.run()
        let load = Dictionary(grouping: world.rows.filter { !$0.isCommitted }) { row in
            row.date.map { $0 - CapWorld.day } ?? -1
        }
        guard let last = load.keys.max() else { return [] }
        return (0...last).map { load[$0]?.count ?? 0 }
    }

    /// Offset from `day` of the email of each contact, in order of contact.
    var offsets: [Int] {
        world.rows.filter { !$0.isCommitted }.sorted { $0.contactID < $1.contactID }
            .map { ($0.date ?? CapWorld.day) - CapWorld.day }
    }
}
