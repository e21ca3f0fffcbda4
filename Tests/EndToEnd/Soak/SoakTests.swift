import Foundation
import SeededRandomness
import Synchronization
import Testing

/// Four organisations with imports, changes, runs, claims, reports and webhooks at once, for a while: no request fails
/// for the service's sake, memory and descriptors stay where they are, and the numbers add up.
///
/// `EMAIL_SCHEDULER_SOAK_SECONDS` says how long, `EMAIL_SCHEDULER_SEED` what is done.
@Suite struct SoakTests {
    private let scratch: Scratch
    private let seed = Setting.number("SEED", standard: 20_260_105)
    private let duration_s = Setting.number("SOAK_SECONDS", standard: 20)

    init() throws { scratch = try Scratch() }

    @Test func `everything at once, for a while`() throws {
        let service = try RunningService(dataDirectory: scratch.path("data"))
        let file = scratch.path("contacts.csv")
        let generated = try Binary.run(
            "generate", "--contacts", "\(SoakClient.contacts)", "--seed", "\(seed)", "--output", file)
        #expect(generated.status == 0)
        let csv = try String(contentsOfFile: file, encoding: .utf8)
        let clients = try (1...4).map { number in
            try SoakClient("soak\(number)", contacts: csv, service)
        }
        var random = SeededGenerator(seed: UInt64(seed))
        let isOver = Atomic(false)
        let work = DispatchGroup()
        let failures = Mutex<[String]>([])
        for client in clients {
            for act in client.acts {
                let seed = random.next()
                let connection = try UncheckedBox(KeepAliveClient(service))
                work.enter()
                Thread {
                    var random = SeededGenerator(seed: seed)
                    do {
                        while !isOver.load(ordering: .relaxed) { try act(connection.value, &random) }
                    } catch {
                        failures.withLock { $0.append("\(client.organization): \(error)") }
                    }
                    work.leave()
                }.start()
            }
        }
        // What the end is compared with: caches, whose size is bounded, have had time to fill.
        let third_ms = duration_s * 1000 / 3
        _ = work.wait(timeout: .now() + .milliseconds(2 * third_ms))
        let before = (memory: try service.residentKiB, descriptors: try service.descriptors)
        _ = work.wait(timeout: .now() + .milliseconds(third_ms))
        let after = (memory: try service.residentKiB, descriptors: try service.descriptors)
        isOver.store(true, ordering: .relaxed)
        #expect(work.wait(timeout: .now() + 120) == .success)
        let failed = failures.withLock { $0 }
        #expect(failed.isEmpty, "seed \(seed)")
        #expect(after.memory < before.memory + before.memory / 10 + 16_384, "from \(before) to \(after) KiB")
        #expect(after.descriptors <= before.descriptors + 8, "from \(before) to \(after)")

        for client in clients {
            let mistakes = try client.settle(KeepAliveClient(service))
            #expect(mistakes.isEmpty, "seed \(seed), \(client.organization)")
            print(
                "\(client.organization): \(client.statuses), KiB from \(before.memory) to \(after.memory), \(client.tally)"
            )
        }
        let warnings = service.logText.split(separator: "\n").filter { $0.contains(" error") }
        #expect(warnings.isEmpty, "\(warnings.prefix(5))")
        #expect(service.terminate() == 0)
        for client in clients {
            let mistakes = try client.compare(
                Database("\(service.dataDirectory)/\(client.organization).sqlite3"))
            #expect(mistakes.isEmpty, "seed \(seed), \(client.organization)")
        }
    }
}
