import ArgumentParser
import ScheduleJobs

/// The program: one subcommand a file, in `Commands`; `Composition` puts the parts together.
@main
struct EmailSchedulerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "email-scheduler",
        abstract: "Plans the emails of insurance customers under state law, daily caps and frequency limits.",
        version: RunExecutor.engineVersion,
        subcommands: [
            ServeCommand.self, RunCommand.self, ImportCommand.self, ConfigCommand.self, GenerateCommand.self,
            TokenCommand.self, CampaignsCommand.self, ExplainCommand.self, BackupCommand.self,
            RestoreCommand.self, VerifyCommand.self,
        ])
}
