import ArgumentParser
import BenchmarkSupport
import CAllocationCount
import Foundation
import SchedulingCore

/// `deciding`: the rules alone on one core, with no store: contacts made up in memory, changes thrown away.
struct DecidingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deciding",
        abstract: "Contacts that the pure core decides in a second of processor time, and what it allocates.")

    @Option(help: "Contacts.")
    var contacts = 200_000

    @Option(help: "Turns; the best one counts.")
    var turns = 5

    private static let batchSize = 1_000

    /// Blocks of memory that a pass over 1,000 contacts may ask for: tables that grow with days and classes, not
    /// with contacts.
    private static let allocationsPerThousand = 1.0

    /// What a pass takes.
    private struct Cost {
        var seconds: Double
        var allocations: UInt
    }

    func run() throws {
        guard let today = CivilDate(year: 2026, month: 1, day: 5) else { return }
        let catalog = RunCatalog(
            today: today, policy: SchedulingPolicy(), facts: .init(totalContacts: contacts))
        let batches = makeBatches()
        var best: [String: Cost] = [:]
        func measure(_ name: String, _ body: () -> Void) {
            let (began, allocated) = (processorSeconds(), allocation_count())
            body()
            let cost = Cost(
                seconds: processorSeconds() - began, allocations: allocation_count() - allocated)
            if cost.seconds < best[name]?.seconds ?? .infinity { best[name] = cost }
        }
        for _ in 0..<turns {
            var run = SchedulingRun(catalog: catalog)
            var emails = 0
            func note(_ change: RowChange) { if case .insert = change { emails += 1 } }
            measure("survey") { for batch in batches { run.survey(batch, emit: note) } }
            measure("weigh") { for batch in batches { run.weigh(batch) } }
            run.endWeighing()
            measure("place") { for batch in batches { run.place(batch, emit: note) } }
            guard emails > contacts else { throw BenchmarkFailure("only \(emails) emails") }
            let stored = plan(batches, catalog)
            var again = SchedulingRun(catalog: catalog)
            var changes = 0
            measure("again") { for batch in stored { again.survey(batch) { _ in changes += 1 } } }
            guard changes == 0 else {
                throw BenchmarkFailure("\(changes) changes where there should be none")
            }
        }
        for (name, what) in [
            ("survey", "first run, pass 1: counts"), ("weigh", "first run, pass 2: targets, classes"),
            ("place", "first run, pass 3: final dates, rows"),
            ("again", "later run: every contact decided and compared with its rows"),
        ] {
            guard let cost = best[name] else { continue }
            let rate = Double(contacts) / cost.seconds / 1e6
            let allocations = Double(cost.allocations) / Double(contacts) * 1_000
            print(
                String(
                    format: "%.2f million contacts a second, %.3f allocations for 1,000 of them: %@", rate,
                    allocations, what))
            guard allocations <= DecidingBenchmark.allocationsPerThousand else {
                throw BenchmarkFailure("more allocations than tables explain")
            }
        }
    }

    /// Processor time of this thread, which others on the machine do not lengthen as they do the time of day.
    private func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The batches with the rows that a first run gives them.
    private func plan(_ batches: [ContactBatch], _ catalog: RunCatalog) -> [ContactBatch] {
        var run = SchedulingRun(catalog: catalog)
        var planned = batches.map { _ in [PlannedEmail]() }
        func note(_ change: RowChange, of batch: Int) {
            if case .insert(let email) = change { planned[batch].append(email) }
        }
        for (index, batch) in batches.enumerated() { run.survey(batch) { note($0, of: index) } }
        for batch in batches { run.weigh(batch) }
        run.endWeighing()
        for (index, batch) in batches.enumerated() { run.place(batch) { note($0, of: index) } }
        return zip(batches, planned).map(DecidingBenchmark.stored)
    }

    /// Contacts all over the states.
    private func makeBatches() -> [ContactBatch] {
        var seed: UInt64 = 88_172_645_463_325_252
        func random(below limit: UInt64) -> Int {
            seed ^= seed << 13
            seed ^= seed >> 7
            seed ^= seed << 17
            return Int(seed % limit)
        }
        return stride(from: 1, through: contacts, by: DecidingBenchmark.batchSize).map { first in
            var batch = ContactBatch()
            for id in first..<min(first + DecidingBenchmark.batchSize, contacts + 1) {
                var state: StateCode?
                while state == nil { state = ZIPTable.bundled.state(ofZIPNumber: random(below: 100_000)) }
                batch.contacts.append(
                    Contact(
                        id: Int64(id), state: state,
                        birthDate: CivilDate(dayNumber: -12_000 - Int32(random(below: 12_000))),
                        effectiveDate: CivilDate(
                            year: 2005 + random(below: 20), month: 1 + random(below: 12), day: 1)))
            }
            return batch
        }
    }

    /// A batch with the rows that a run has given it.
    private static func stored(_ batch: ContactBatch, _ planned: [PlannedEmail]) -> ContactBatch {
        var batch = batch
        for email in planned.sorted(by: { $0.contactID < $1.contactID }) {
            var row = StoredEmail(
                id: Int64(batch.rows.count + 1), contactID: email.contactID, type: email.type,
                status: email.skipReason == nil ? .preScheduled : .skipped)
            row.skipReason = email.skipReason.map { .known($0) } ?? .none
            row.scheduledDate = email.date
            row.scheduledTime = email.time
            row.idealDate = email.idealDate
            row.event = email.event
            row.priority = email.priority
            row.emailTemplate = email.emailTemplate
            row.smsTemplate = email.smsTemplate
            batch.rows.append(row)
        }
        return batch
    }
}
