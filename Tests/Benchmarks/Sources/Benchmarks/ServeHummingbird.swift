import ArgumentParser
import Hummingbird
import Logging

/// Hummingbird with the benchmark's answers; run by the benchmarks as a process of its own.
struct ServeHummingbird: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve-hummingbird", shouldDisplay: false)

    @Option var port: Int
    @Option var database: String?

    func run() async throws {
        let router = Router()
        Self.answer(router, "/plaintext", "text/plain; charset=utf-8", BenchmarkAnswers.plaintext)
        Self.answer(router, "/json", "application/json; charset=utf-8", BenchmarkAnswers.json)
        Self.answer(router, "/large", "application/octet-stream", BenchmarkAnswers.large)
        router.post("/upload") { request, _ in
            var count = 0
            for try await piece in request.body { count += piece.readableBytes }
            return Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: String(count))))
        }
        if let database { try ContactAnswers(path: database).add(to: router) }
        var logger = Logger(label: "hummingbird")
        logger.logLevel = .error
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        try await application.runService()
    }

    private static func answer(
        _ router: Router<BasicRequestContext>, _ path: RouterPath, _ type: String, _ bytes: [UInt8]
    ) {
        let buffer = ByteBuffer(bytes: bytes)
        router.get(path) { _, _ in
            Response(
                status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: buffer))
        }
    }
}
