import Foundation

/// How long and how hard tests try, set by the environment.
enum Setting {
    /// A whole number; `standard` where the variable is not set.
    static func number(_ name: String, standard: Int) -> Int {
        ProcessInfo.processInfo.environment["EMAIL_SCHEDULER_\(name)"].flatMap { Int($0) } ?? standard
    }
}
