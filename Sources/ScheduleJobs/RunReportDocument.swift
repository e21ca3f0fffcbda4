import Foundation
import SchedulingCore

/// A run's report as it is stored with the run and shown: JSON with snake_case names (SPEC 12).
package struct RunReportDocument: Codable {
    package struct Rows: Codable {
        package let emailType: String
        package let status: String
        package let skipReason: String?
        package let count: Int

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(emailType, forKey: .emailType)
            try container.encode(status, forKey: .status)
            try container.encode(skipReason, forKey: .skipReason)
            try container.encode(count, forKey: .count)
        }

        package enum CodingKeys: CodingKey { case emailType, status, skipReason, count }
    }

    package struct Volume: Codable {
        package let date: String
        package let ideal: Int
        package let target: Int
        package let final: Int
    }

    package struct Exclusion: Codable {
        package let state: String
        package let skipReason: String
        package let count: Int
    }

    package struct HitRate: Codable {
        package let state: String
        package let emails: Int
        package let excluded: Int
        package let rate: Double
    }

    package struct Batches: Codable {
        package let count: Int
        /// Nil in reports of earlier versions.
        package let meanMs: Double?
        package let medianMs: Double
        package let maxMs: Double
    }

    package let contactsProcessed: Int
    package let invalid: [String: Int]
    package let stateZipMismatches: Int
    package let emailSchedules: [Rows]
    package let inserted: Int
    package let updated: Int
    package let deleted: Int
    package let unchanged: Int
    package let dailyVolume: [Volume]
    package let overCap: [String]
    package let exclusions: [Exclusion]
    package let exclusionHitRate: [HitRate]
    package let durationsMs: [String: Double]
    package let batches: Batches
    package let failedBatches: [String]
    package let configVersion: Int64?
    package let engineVersion: String

    init(
        _ report: RunReport, catalog: RunCatalog, timings: RunTimings, failures: [String],
        configVersion: Int64?
    ) {
        contactsProcessed = report.contactsProcessed
        invalid = Dictionary(uniqueKeysWithValues: report.invalid.map { ($0.key.rawValue, $0.value) })
        stateZipMismatches = report.stateZIPMismatches
        emailSchedules = report.rows.map { kind, count in
            Rows(
                emailType: catalog.name(of: kind.type),
                status: kind.skipReason == nil ? "pre-scheduled" : "skipped",
                skipReason: kind.skipReason?.rawValue, count: count)
        }.sorted {
            ($0.emailType, $0.status, $0.skipReason ?? "") < (
                $1.emailType, $1.status, $1.skipReason ?? ""
            )
        }
        inserted = report.inserted
        updated = report.updated
        deleted = report.deleted
        unchanged = report.unchanged
        dailyVolume = RunReportDocument.volumes(report.volume)
        overCap = report.overCapDays.map(\.description)
        exclusions = report.exclusions.map {
            Exclusion(state: "\($0.key.state)", skipReason: $0.key.reason.rawValue, count: $0.value)
        }.sorted { ($0.state, $0.skipReason) < ($1.state, $1.skipReason) }
        exclusionHitRate = RunReportDocument.hitRates(report)
        durationsMs = Dictionary(
            timings.phases.map { ($0.name, $0.duration.milliseconds) }, uniquingKeysWith: +)
        let batchTimes = timings.batches.map(\.milliseconds).sorted()
        let mean = batchTimes.reduce(0, +) / Double(max(1, batchTimes.count))
        batches = Batches(
            count: batchTimes.count, meanMs: (mean * 1000).rounded() / 1000,
            medianMs: batchTimes.isEmpty ? 0 : batchTimes[batchTimes.count / 2],
            maxMs: batchTimes.last ?? 0)
        failedBatches = failures
        self.configVersion = configVersion
        engineVersion = RunExecutor.engineVersion
    }

    private static func volumes(_ volume: RunReport.Volume) -> [Volume] {
        let days = Set([volume.ideal, volume.target, volume.final].flatMap { $0.entries.map(\.day) })
        return days.sorted().map {
            Volume(
                date: $0.description, ideal: volume.ideal[$0], target: volume.target[$0],
                final: volume.final[$0])
        }
    }

    private static func hitRates(_ report: RunReport) -> [HitRate] {
        report.emailsByState.sorted { $0.key < $1.key }.map { state, emails in
            let excluded = report.exclusions.reduce(0) { $0 + ($1.key.state == state ? $1.value : 0) }
            let rate = (Double(excluded) / Double(max(1, emails)) * 10_000).rounded() / 10_000
            return HitRate(state: "\(state)", emails: emails, excluded: excluded, rate: rate)
        }
    }

    /// Reads what `json` wrote; nil for any other text.
    package init?(json: String) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let document = try? decoder.decode(Self.self, from: Data(json.utf8)) else { return nil }
        self = document
    }

    /// One line of JSON, keys in alphabetical order.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
