import HTTPHandling
import HTTPTypes

/// What the service says of itself.
enum ServiceHandlers {
    /// `GET /healthz`: the process answers; nothing else is looked at.
    static func health(_ request: APIRequest) async throws -> ServerResponse {
        try request.query.finish()
        return .json { $0.member("status", "ok") }
    }

    /// `GET /readyz`: 200 where every check holds, else 503.
    static func readiness(_ request: APIRequest) async throws -> ServerResponse {
        try request.query.finish()
        var failures: [String: String] = [:]
        let checks = request.services.readinessChecks
        for check in checks { failures[check.name] = await check.failure() }
        return .json(failures.isEmpty ? .ok : .serviceUnavailable) { writer in
            writer.member("status", failures.isEmpty ? "ready" : "not_ready")
            writer.member("checks") { writer in
                writer.array(checks) { writer, check in
                    writer.object { writer in
                        writer.member("name", check.name)
                        writer.member("status", failures[check.name] == nil ? "ok" : "failed")
                        writer.member("detail", failures[check.name])
                    }
                }
            }
        }
    }

    /// `GET /openapi.yaml`: the contract, type by RFC 9512.
    static func contract(_ request: APIRequest) async throws -> ServerResponse {
        try request.query.finish()
        return ServerResponse(
            status: .ok, fields: [.contentType: "application/yaml"],
            body: .bytes(PackageResources.openapi_yaml))
    }
}
