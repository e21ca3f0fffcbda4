import BenchmarkSupport
import Foundation

/// What one process took, from its start to its end.
struct Measurement {
    let seconds: Double
    /// Processor time of all its threads, in the kernel too.
    let processorSeconds: Double
    /// The most memory it held at a time.
    let peakMiB: Double

    /// Runs a program to its end.
    ///
    /// - Throws: `BenchmarkFailure` where it cannot be started or does not end with 0.
    init(of program: String, _ arguments: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        var texts: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { texts.forEach { free($0) } }
        var id: pid_t = 0
        let clock = ContinuousClock()
        let start = clock.now
        guard posix_spawnp(&id, program, &actions, nil, &texts, environ) == 0 else {
            throw BenchmarkFailure("\(program) cannot be started")
        }
        var status: Int32 = 0
        var usage = rusage()
        guard wait4(id, &status, 0, &usage) == id, status == 0 else {
            throw BenchmarkFailure("\(program) \(arguments.joined(separator: " ")) ended with \(status)")
        }
        seconds = (clock.now - start) / .seconds(1)
        processorSeconds = Measurement.seconds(usage.ru_utime) + Measurement.seconds(usage.ru_stime)
        peakMiB = Double(usage.ru_maxrss) / 1024
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) * 1e-6
    }
}
