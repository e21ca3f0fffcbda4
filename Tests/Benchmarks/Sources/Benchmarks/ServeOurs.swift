import ArgumentParser
import HTTPHandling
import HTTPServer
import HTTPTypes
import Logging

/// Our server with the benchmark's answers; run by the benchmarks as a process of its own.
struct ServeOurs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve-ours", shouldDisplay: false)

    @Option var port: Int
    @Option var loops = Server.Configuration().loops

    func run() async throws {
        var configuration = Server.Configuration()
        configuration.loops = loops
        configuration.port = port
        configuration.limits.requestsPerConnection = .max
        // No request id: the other server sends none either.
        let server = Server(
            configuration: configuration, handler: Answers(), logger: Logger(label: "ours"),
            makeRequestID: { "" })
        try await server.run()
    }

    private struct Answers: RequestHandler {
        func respond(to request: ServerRequest) async -> ServerResponse {
            switch request.target {
            case "/plaintext": Self.answer("text/plain; charset=utf-8", BenchmarkAnswers.plaintext)
            case "/json": Self.answer("application/json; charset=utf-8", BenchmarkAnswers.json)
            case "/large": Self.answer("application/octet-stream", BenchmarkAnswers.large)
            case "/upload": await Self.count(request.body)
            default: ServerResponse(status: .notFound)
            }
        }

        private static func answer(_ type: String, _ bytes: [UInt8]) -> ServerResponse {
            ServerResponse(status: .ok, fields: [.contentType: type], body: .bytes(bytes))
        }

        private static func count(_ body: RequestBody) async -> ServerResponse {
            var count = 0
            do {
                for try await piece in body { count += piece.count }
            } catch {
                return ServerResponse(status: .badRequest)
            }
            return answer("text/plain; charset=utf-8", Array(String(count).utf8))
        }
    }
}
