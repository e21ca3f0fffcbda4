import Foundation
import Glibc
import ScheduleJobs

/// A process as the owner of leases: boot of the machine, name space of process numbers, number, and start time, so that
/// another process on the machine can tell whether it still lives.
struct ProcessIdentity: Hashable, Sendable {
    private let boot: String
    private let namespace: String
    private let number: String
    private let start: String

    /// This process.
    static let current = ProcessIdentity(number: "\(getpid())")

    private init(number: String) {
        boot = Self.text("/proc/sys/kernel/random/boot_id").trimmingCharacters(in: .whitespacesAndNewlines)
        namespace = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
        self.number = number
        // Behind the name, which is in parentheses and may hold anything: proc(5), field 22.
        let fields = Self.text("/proc/\(number)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        start = fields.count > 19 ? String(fields[19]) : ""
    }

    /// The owner as leases name it.
    var owner: String { "\(boot) \(namespace) \(number) \(start)" }

    /// Whether an owner is known to live no more; one of another name space of process numbers is never.
    static func isGone(_ owner: String) -> Bool {
        let parts = owner.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, !parts.contains("") else { return false }
        if parts[0] != current.boot { return true }
        guard parts[1] == current.namespace else { return false }
        return ProcessIdentity(number: parts[2]).start != parts[3]
    }

    private static func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}

extension RunLeases {
    /// The leases of this process.
    static let ofThisProcess: RunLeases = {
        var leases = RunLeases(
            owner: ProcessIdentity.current.owner, unixSeconds: Composition.unixSeconds,
            isGone: ProcessIdentity.isGone)
        leases.seed = UInt64.random(in: .min ... .max)
        return leases
    }()
}
