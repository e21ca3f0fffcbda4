import Foundation
import Glibc
import ScheduleJobs

/// A process as the owner of leases: boot of the machine, name space of process numbers, number and start time, so that
/// another process can tell whether it still lives.
struct ProcessIdentity: Hashable, Sendable {
    private let boot: String
    private let namespace: String
    private let number: String
    /// Empty where there is no such process.
    private let start: String

    /// This process.
    static let current = ProcessIdentity(number: "\(getpid())")

    private init(number: String) {
        boot = Self.text("/proc/sys/kernel/random/boot_id").trimmingCharacters(in: .whitespacesAndNewlines)
        namespace = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
        self.number = number
        // Behind the name, which is in parentheses and may hold anything: proc(5), the state and the 22nd field.
        let fields = Self.text("/proc/\(number)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        start = fields.count > 19 && fields[0] != "Z" ? String(fields[19]) : ""
    }

    /// The owner as leases name it.
    var owner: String { "\(boot) \(namespace) \(number) \(start)" }

    /// Whether an owner lives no more.
    ///
    /// - Parameter isAlone: What to make of one that cannot be seen from here, such as a process of another container.
    static func isGone(_ owner: String, isAlone: Bool) -> Bool {
        let parts = owner.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, !parts.contains("") else { return isAlone }
        guard parts[0] == current.boot, parts[1] == current.namespace else { return isAlone }
        return ProcessIdentity(number: parts[2]).start != parts[3]
    }

    private static func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}

extension RunLeases {
    /// The leases of this process.
    ///
    /// - Parameter isAlone: Whether the process holds the lock of the directory: what it cannot see is dead then.
    static func ofThisProcess(isAlone: Bool) -> RunLeases {
        var leases = RunLeases(
            owner: ProcessIdentity.current.owner, unixSeconds: Composition.unixSeconds,
            isGone: { ProcessIdentity.isGone($0, isAlone: isAlone) },
            pause: { try await Task.sleep(for: .seconds($0)) })
        leases.retries.seed = UInt64.random(in: .min ... .max)
        return leases
    }
}
