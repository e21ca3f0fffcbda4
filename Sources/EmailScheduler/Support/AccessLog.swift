import HTTPServer
import Logging

/// One message a request: failures of the service as errors, all others for those who debug.
enum AccessLog {
    /// Writes the message.
    static func write(_ request: RequestSummary, to logger: Logger) {
        logger.log(
            level: request.status >= 500 ? .error : .debug,
            "\(request.method) \(path(request)) \(request.status)",
            metadata: [
                "request": "\(request.requestID)", "route": "\(request.route ?? "-")",
                "status": "\(request.status)", "client": "\(request.remoteAddress)",
                "bytes": "\(request.bytesSent)", "complete": "\(request.isComplete)",
                "ms": "\(milliseconds(request.duration))",
            ])
    }

    /// The path without the query, which may hold what nobody should read in a log.
    private static func path(_ request: RequestSummary) -> Substring { request.path.prefix { $0 != "?" } }

    private static func milliseconds(_ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) * 1000 + (Double(attoseconds) / 1e13).rounded() / 100
    }
}
