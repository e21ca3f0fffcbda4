import ArgumentParser
import ScheduleConfig
import ScheduleStore
import ScheduleStoreSQLite
import SchedulingCore

/// `campaigns`: campaigns of a database file.
struct CampaignsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaigns", abstract: "Sets up campaigns.", subcommands: [SetupSamples.self])

    /// `campaigns setup-samples`: sample types, instances and targets.
    struct SetupSamples: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes sample campaign types, instances and targets.",
            discussion: """
                What is there already under the same name is left as it is, so that a second time changes \
                nothing. Targets are the first \(SampleCampaigns.targetCount) contacts that are there. The next \
                run plans their emails.
                """)

        @Option(help: "The database file of an organisation; made where it is missing.")
        var db: String

        @Option(help: "The configuration file, whose campaign types are the ones stored.")
        var config: String?

        @Option(help: "The date on which the samples begin; today in the configured time zone, unless given.")
        var today: DateArgument?

        func run() async throws {
            try await CommandFailure.wrapping {
                let composition = try Composition(configPath: config)
                let samples = SampleCampaigns(
                    types: composition.settings.policy.campaignTypes,
                    today: today?.date ?? composition.today, now: Composition.now())
                let store = try SQLiteOrganizationStore(path: db)
                for line in try await samples.store(in: store) { try Output.line(line) }
                try await store.maintain()
                try await store.close()
            }
        }
    }
}
