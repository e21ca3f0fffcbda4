import HTTPHandling
import HTTPTypes

/// What the service says of itself. Query parameters are ignored, as probes and caches bring their own.
enum ServiceHandlers {
    /// `GET /healthz`: the process answers; nothing else is looked at.
    static func health(_ request: APIRequest) async throws -> ServerResponse {
        return .json { $0.member("status", "ok") }
    }

    /// `GET /readyz`: 200 where no check fails, else 503.
    static func readiness(_ request: APIRequest) async throws -> ServerResponse {
        var findings: [(name: String, finding: ReadinessCheck.Finding)] = []
        for check in request.services.readinessChecks { findings.append((check.name, await check.look())) }
        let isReady = findings.allSatisfy { $0.finding.word != "failed" }
        return .json(isReady ? .ok : .serviceUnavailable) { [findings] writer in
            writer.member("status", isReady ? "ready" : "not_ready")
            writer.member("checks") { writer in
                writer.array(findings) { writer, found in
                    writer.object { writer in
                        writer.member("name", found.name)
                        writer.member("status", found.finding.word)
                        writer.member("detail", found.finding.detail)
                    }
                }
            }
        }
    }

    /// `GET /openapi.yaml`: the contract, type by RFC 9512.
    static func contract(_ request: APIRequest) async throws -> ServerResponse {
        return ServerResponse(
            status: .ok, fields: [.contentType: "application/yaml"],
            body: .bytes(PackageResources.openapi_yaml))
    }
}
