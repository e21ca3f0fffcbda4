import SchedulingCore
import SeededRandomness
import Synchronization

/// Makes organisations with a past: contacts of every kind, campaigns, and the rows that earlier runs, senders
/// and operators left. The same seed makes the same organisation.
struct RandomWorld {
    private var generator: SeededGenerator
    private var world: World

    /// Organisations made so far: several properties look at the same one.
    private static let made = Mutex<[UInt64: World]>([:])

    /// An organisation on its present day, after some days of its past were played.
    static func make(seed: UInt64) -> World {
        if let world = made.withLock({ $0[seed] }) { return world }
        var maker = RandomWorld(seed: seed)
        maker.fill(160)
        for _ in 0..<4 { maker.playDay() }
        maker.world.reading = .init(batchSize: 50)
        let world = maker.world
        made.withLock { $0[seed] = world }
        return world
    }

    /// The same organisation after its senders were at work on its present day, on the next day.
    static func nextDay(of world: World, seed: UInt64) -> World {
        var maker = RandomWorld(seed: seed)
        maker.world = world
        maker.send(blanks: false)
        maker.world.today = world.today + 1
        return maker.world
    }

    private init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        world = World(on: ("2025-12-01" as CivilDate) + generator.number(0...400))
        world.reading.batchSize = 64
    }

    // MARK: The organisation

    private mutating func fill(_ count: Int) {
        world.totalContacts = count
        fillPolicy()
        // Few birthdays and anniversaries, so that many share a day.
        let days = (0...5).map { _ in generator.number(0...364) }
        for id in 1...Int64(count) {
            world.add(
                id, in: generator.pick(["CA", "ID", "NV", "MO", "MD", "NY", "TX", "TX", "FL", "FL"]),
                born: generator.chance(0.9) ? date(1945...1970, days) : nil,
                effective: generator.chance(0.8) ? date(2010...2026, days) : nil)
            world.change(id) { $0.hasPhone = id % 2 == 0 }
            if generator.chance(0.03) { world.change(id) { $0.invalidity = .missingZIP } }
            if generator.chance(0.04) { world.suppress(id, generator.pick([.email, .sms])) }
        }
        fillCampaigns()
    }

    private mutating func date(_ years: ClosedRange<Int>, _ days: [Int]) -> CivilDate {
        let start = CivilDate(anniversaryOfMonth: 1, day: 1, in: generator.number(years))
        return start + (generator.chance(0.6) ? generator.pick(days) : generator.number(0...364))
    }

    private mutating func fillPolicy() {
        world.policy.enablesSMS = generator.chance(0.5)
        world.policy.missingAnchor = generator.pick([.allow, .allow, .skip])
        world.policy.aep = .init()
        world.policy.aep.dates = (0...generator.number(0...2)).map { _ in
            .init(month: generator.number(1...12), day: generator.number(1...28))
        }
        world.policy.load.maxEmailsPerContactPerPeriod = generator.number(1...3)
        world.policy.load.dailySendPercentageCap = generator.pick([0.02, 0.05, 0.07])
        world.policy.stateRules["TX"] = StateRule(windows: (0...1).map { _ in window() })
    }

    private mutating func window() -> ExclusionWindow {
        var window = ExclusionWindow.birthday(
            daysBefore: generator.number(0...40), daysAfter: generator.number(0...70),
            usesMonthStart: generator.chance(0.3), preWindowExtensionDays: generator.number(0...60))
        window.kind = generator.pick([
            .birthday, .effectiveDate, .effectiveDate, .age(atLeast: 76), .yearRound,
        ])
        if window.kind == .yearRound || generator.chance(0.2) {
            window.effectiveFrom = world.today + generator.number(-60...60)
            window.effectiveUntil = window.effectiveFrom.map { $0 + generator.number(0...90) }
        }
        return window
    }

    private mutating func fillCampaigns() {
        for number in 1...4 as ClosedRange<Int64> {
            world.type("type\(number)") {
                $0.respectsExclusionWindows = generator.chance(0.7)
                $0.enablesFollowups = generator.chance(0.5)
                $0.daysBeforeEvent = generator.number(-5...20)
                $0.targetsAllContacts = number == 1
                $0.priority = generator.number(1...10)
                $0.isActive = generator.chance(0.9)
                $0.respectsFrequencyLimits = generator.chance(0.8)
            }
            world.instance(
                number, of: "type\(number)",
                from: generator.chance(0.7) ? world.today + generator.number(-20...10) : nil,
                through: generator.chance(0.6) ? world.today + generator.number(5...60) : nil,
                audience: generator.chance(0.4) ? ["CA", "TX"] : [])
        }
        for contact in world.contacts where generator.chance(0.4) {
            for _ in 0...generator.number(0...2) {
                world.target(
                    contact.id, instance: Int64(generator.number(1...4)),
                    on: generator.chance(0.8) ? world.today + generator.number(-60...60) : nil,
                    status: generator.pick([.pending, .scheduled, .skipped, .other]))
            }
        }
    }

    // MARK: Its past

    /// A run, a day's sending, some changes of facts, and on to a day soon after.
    private mutating func playDay() {
        world.run(replans: generator.chance(0.1))
        send(blanks: true)
        for contact in world.contacts {
            if generator.chance(0.02) {
                world.change(contact.id) { $0.state = generator.pick(["TX", "CA", "FL"]) }
            }
            if generator.chance(0.02) {
                world.change(contact.id) {
                    $0.birthDate = $0.birthDate.map { $0 + generator.number(-20...20) }
                }
            }
        }
        if generator.chance(0.3), !world.suppressions.isEmpty { world.suppressions.removeLast() }
        world.today = world.today + generator.number(1...9)
    }

    /// What senders and operators do to the rows of today, and now and then to later ones.
    private mutating func send(blanks: Bool) {
        for position in world.rows.indices where world.rows[position].status == "pre-scheduled" {
            let row = world.rows[position]
            guard let date = row.date, date <= world.today || generator.chance(0.02) else { continue }
            switch generator.number(1...20) {
            case 1: world.rows[position].status = "failed"
            case 2: world.rows[position].status = "cancelled"
            case 3: world.rows[position].status = "scheduled"
            case 4, 5: continue
            default:
                guard date <= world.today else { continue }
                world.rows[position].status = generator.pick(["sent", "delivered"])
                if generator.chance(0.8) { world.rows[position].sentAt = "\(world.today) 09:00:00" }
                if blanks { blankColumns(at: position) }
                react(to: row)
            }
        }
    }

    /// Rows of older systems lack columns. Without its event year, a campaign row would be another email.
    private mutating func blankColumns(at position: Int) {
        if generator.chance(0.1), !world.rows[position].type.hasPrefix("campaign_") {
            world.rows[position].event = .init()
        }
        if generator.chance(0.1) { world.rows[position].initialID = nil }
    }

    private mutating func react(to row: Row) {
        guard generator.chance(0.4) else { return }
        let kind: Behaviour.Kind = generator.pick([
            .click(scheduleID: row.id, trackingID: nil), .click(scheduleID: nil, trackingID: nil),
            .answered(withYes: false), .answered(withYes: true),
        ])
        world.behaviour(row.contactID, at: "\(world.today + generator.number(0...2)) 12:00", kind)
    }
}
