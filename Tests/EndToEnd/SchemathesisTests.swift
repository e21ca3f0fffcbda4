import Foundation
import Testing

/// The real service against the contract it serves: schemathesis sends requests made from `/openapi.yaml`, valid and
/// invalid ones, and holds every answer against it.
@Suite struct SchemathesisTests {
    private static let folder = Repository.root.appending(path: "Tests/EndToEnd/Schemathesis")
    private static let seed = 1

    @Test func `no request that the contract allows, or forbids, is answered otherwise than it says`() throws
    {
        let tool = Repository.root.appending(path: ".schemathesis/bin/schemathesis").path
        try #require(
            FileManager.default.isExecutableFile(atPath: tool),
            """
            schemathesis is missing. Deploy/test installs it; so does: python3 -m venv .schemathesis && \
            .schemathesis/bin/pip install --requirement Tests/EndToEnd/Schemathesis/requirements.txt
            """)
        let scratch = try Scratch()
        let service = try RunningService(dataDirectory: try sampleData(scratch))
        for organization in ["acme", "spare"] { try service.makeOrganization(organization) }
        let run = try Command(
            tool,
            [
                "--config-file", Self.folder.appending(path: "schemathesis.toml").path, "run",
                "\(service.url)/openapi.yaml", "--header", "Authorization: Bearer \(try service.token)",
                "--seed", "\(Self.seed)", "--no-color",
            ], in: scratch.url,
            environment: [
                "SCHEMATHESIS_HOOKS": Self.folder.appending(path: "hooks.py").path,
                "PYTHONDONTWRITEBYTECODE": "1",
            ])
        #expect(run.status == 0, "seed \(Self.seed)\n\(run.output)\n\(run.errors)")
        let generated = run.output.firstMatch(of: /([0-9,]+) generated/)?.1.filter(\.isNumber)
        #expect(try #require(generated.flatMap { Int($0) }) > 1000, "\(run.output)")
        #expect(service.terminate() == 0)
    }

    /// A data directory whose organisation `acme` has contacts, campaigns, targets and a plan.
    private func sampleData(_ scratch: Scratch) throws -> String {
        let data = scratch.path("data")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let file = "\(data)/acme.sqlite3"
        let contacts = Repository.root.appending(path: "Config/sample-contacts.csv").path
        for step in [
            try Binary.run("import", "--db", file, contacts),
            try Binary.run("campaigns", "setup-samples", "--db", file),
            try Binary.run("run", "--db", file),
        ] {
            guard step.status == 0 else { throw Failure(step.errors) }
        }
        return data
    }
}
