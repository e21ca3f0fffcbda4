import ArgumentParser
import Foundation
import StoreReference

/// `reference`: one of the C programs, in a process of its own.
struct ReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reference", shouldDisplay: false)

    @Argument var arguments: [String]

    func run() throws {
        let texts = arguments.map { strdup($0) }
        let status = texts.withUnsafeBufferPointer { store_reference(Int32($0.count), $0.baseAddress) }
        throw ExitCode(status)
    }
}
