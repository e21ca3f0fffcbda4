import SchedulingCore
import SeededRandomness
import Testing

@Suite("An explanation says what a run of that contact alone does, over random organisations")
struct ExplanationPropertyTests {
    static let seeds: [UInt64] = Array(1...8)

    /// An organisation after a full run, whose facts have changed since, and what the run left on each day.
    private func changed(_ seed: UInt64) -> (world: World, standing: StandingCounts) {
        var world = RandomWorld.make(seed: seed)
        let standing = world.run().standing
        world = RandomWorld.nextDay(of: world, seed: seed)
        var generator = SeededGenerator(seed: seed)
        for contact in world.contacts {
            switch generator.number(1...10) {
            case 1: world.change(contact.id) { $0.state = "CA" }
            case 2: world.change(contact.id) { $0.birthDate = $0.birthDate.map { $0 + 20 } }
            case 3:
                let date = world.today - generator.number(300...800)
                world.change(contact.id) { $0.effectiveDate = date }
            case 4: world.suppress(contact.id)
            case 5: world.targets.removeAll { $0.contactID == contact.id }
            case 6: world.target(contact.id, instance: 2, on: world.today + generator.number(-40...40))
            case 7: world.rows.removeAll { $0.contactID == contact.id && $0.type == "effective_date" }
            default: break
            }
        }
        return (world, standing)
    }

    @Test(
        "Status, date, reason and row are those that the run writes, of all rows and no other",
        arguments: seeds)
    func rows(seed: UInt64) throws {
        let (world, standing) = changed(seed)
        let before = Dictionary(uniqueKeysWithValues: world.rows.map { ($0.id, $0) })
        for contact in world.contacts {
            let explanation = try #require(world.explain(contact.id, standing: standing))
            var after = world
            after.run(contact: contact.id, standing: standing)
            let place: Comment = "seed \(seed), contact \(contact.id)"
            let rows = Dictionary(uniqueKeysWithValues: after.rows.map { ($0.id, $0) })
            var new = after.rows.filter { before[$0.id] == nil }
            for email in explanation.emails {
                guard let id = email.rowID else {
                    guard email.status != .none else { continue }
                    let position = new.firstIndex { agrees($0, email) && $0.event.date == email.event }
                    #expect(position != nil, "\(place): \(email.sentence)")
                    if let position { new.remove(at: position) }
                    continue
                }
                if email.status == .removed {
                    #expect(rows[id] == nil, "\(place): \(email.sentence)")
                } else {
                    let row = try #require(rows[id], place)
                    #expect(email.status == .committed || agrees(row, email), "\(place): \(email.sentence)")
                    #expect(email.rowAgrees == (row == before[id]), "\(place): \(email.sentence)")
                }
            }
            #expect(new.isEmpty, "\(place): \(new.map(\.line))")
            let differing = Set(explanation.emails.filter { $0.rowAgrees == false }.compactMap(\.rowID))
            let touched = Set(before.keys.filter { rows[$0] != before[$0] })
            #expect(touched == differing, place)
        }
    }

    private func agrees(_ row: Row, _ email: EmailExplanation) -> Bool {
        let isKnown = email.status == .preScheduled || email.status == .skipped
        return isKnown && row.status == email.status.rawValue && row.date == email.date
            && row.skipReason == email.skipReason?.rawValue && row.instanceID == email.instanceID
            && (row.type == email.emailType || email.steps.last?.rule == .storedRow)
    }

    @Test("A skip names the rule that made it, and a planned email has passed every rule", arguments: seeds)
    func steps(seed: UInt64) throws {
        let (world, standing) = changed(seed)
        for contact in world.contacts {
            let explanation = try #require(world.explain(contact.id, standing: standing))
            for email in explanation.emails {
                let place: Comment = "seed \(seed), contact \(contact.id): \(email.sentence)"
                let skipping = email.steps.filter { $0.outcome == .skipped }
                let isFinal = email.step(.identity)?.outcome == .committed
                let isLeft = email.step(.storedRow) != nil
                switch email.status {
                case .skipped where !isFinal && !isLeft:
                    #expect(skipping.contains { $0.skipReason == email.skipReason }, place)
                case .preScheduled: #expect(skipping.isEmpty, place)
                case .none: #expect(email.steps.contains { $0.outcome == .missing }, place)
                default: break
                }
                for step in email.steps where step.rule == .exclusionWindow {
                    #expect(step.windows.contains(where: \.containsDate) == (step.outcome == .skipped), place)
                }
                #expect(email.sentence.hasSuffix("."), place)
            }
        }
    }

    @Test("The earliest legal date is the first that no window holds", arguments: seeds.prefix(4))
    func earliest(seed: UInt64) throws {
        let (world, standing) = changed(seed)
        let catalog = world.catalog()
        for contact in world.contacts where contact.invalidity == nil {
            let explanation = try #require(world.explain(contact.id, standing: standing))
            let exclusions = catalog.exclusions(of: contact)
            let first = (world.today...(world.today + 700)).first { !exclusions.excludes($0) }
            for email in explanation.emails where email.instanceID == nil {
                let expected = explanation.isSuppressed ? nil : first
                #expect(email.earliestLegalDate == expected, "seed \(seed), contact \(contact.id)")
            }
        }
    }
}
