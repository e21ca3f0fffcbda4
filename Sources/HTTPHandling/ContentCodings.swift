import HTTPTypes

/// Wraps a handler, so that bodies travel compressed: what clients send as gzip or deflate is inflated while it is
/// read, and what they get is gzip if they prefer it and the content is worth it (RFC 9110, 8.4 and 12.5.3).
public struct ContentCodings: RequestHandler {
    private let handler: any RequestHandler
    private let limits: HTTPLimits

    /// A handler around another.
    public init(_ handler: any RequestHandler, _ limits: HTTPLimits) {
        self.handler = handler
        self.limits = limits
    }

    /// Answers as the wrapped handler does, in the coding that the client prefers.
    public func respond(to request: ServerRequest) async -> ServerResponse {
        let response = await decoded(request)
        let preference = CodingPreference(request.fields[values: .acceptEncoding])
        guard mayBeCoded(response, isForced: preference.refusesIdentity) else { return response }
        return await encoded(response, asGzip: preference.prefersGzip)
    }

    private func decoded(_ request: ServerRequest) async -> ServerResponse {
        let names = request.fields[values: .contentEncoding].joined(separator: ",").lowercased()
        guard !names.isEmpty, names != "identity", request.body.declaredLength != 0 else {
            return await handler.respond(to: request)
        }
        guard let format = ["gzip": Zlib.Format.gzip, "x-gzip": .gzip, "deflate": .zlib][names],
            let zlib = Zlib(inflating: format)
        else {
            // RFC 9110, 15.5.16.
            let fields: HTTPFields = [.acceptEncoding: "gzip, deflate"]
            return HTTPProblem(
                status: .unsupportedMediaType, detail: "Bodies may be coded as gzip or deflate.",
                fields: fields
            ).response()
        }
        var request = request
        request.fields[.contentEncoding] = nil
        request.body = RequestBody(
            declaredLength: nil, source: InflatingBody(request.body, zlib, format, limits))
        return await handler.respond(to: request)
    }

    private func encoded(_ response: ServerResponse, asGzip: Bool) async -> ServerResponse {
        var response = response
        // RFC 9110, 12.5.5: caches must know that others may get something else.
        response.fields.append(HTTPField(name: .vary, value: "Accept-Encoding"))
        guard asGzip, let zlib = Zlib(deflating: .gzip) else { return response }
        response.fields[.contentEncoding] = "gzip"
        switch response.body {
        case .empty: break
        case .bytes(let bytes): response.body = .bytes(await zlib.deflate(bytes, flush: .end))
        case .stream(let produce):
            response.body = .stream { writer in
                try await produce(DeflatingWriter(writer: writer, zlib: zlib))
                try await writer.write(await zlib.deflate([], flush: .end))
            }
        }
        return response
    }

    /// Whether the content is worth being coded, or cannot go as it is.
    private func mayBeCoded(_ response: ServerResponse, isForced: Bool) -> Bool {
        switch response.body {
        case .empty: return false
        case .bytes(let bytes):
            guard bytes.count >= (isForced ? 1 : limits.gzipMinimumBytes) else { return false }
        case .stream: break
        }
        guard ![204, 206, 304].contains(response.status.code), response.fields[.contentEncoding] == nil,
            response.fields[.cacheControl]?.contains("no-transform") != true
        else { return false }
        let type = response.fields[.contentType]?.lowercased().prefix { $0 != ";" && $0 != " " } ?? ""
        return isForced || type.hasPrefix("text/") || ["json", "xml", "yaml"].contains { type.hasSuffix($0) }
    }
}

/// Writes a streamed answer compressed, and lets every piece go at once.
private struct DeflatingWriter: ResponseBodyWriter {
    let writer: any ResponseBodyWriter
    let zlib: Zlib

    func write(_ bytes: [UInt8]) async throws(ResponseWriteError) {
        guard !bytes.isEmpty else { return }
        try await writer.write(await zlib.deflate(bytes, flush: .piece))
    }
}

/// A body that is inflated while it is read, not ahead of its reader.
private final class InflatingBody: RequestBodySource, @unchecked Sendable {
    private let limits: HTTPLimits
    private let zlib: Zlib
    private let format: Zlib.Format
    // A body is read by one task at a time.
    private var pieces: RequestBody.AsyncIterator
    private var input: [UInt8] = []
    private var used = 0
    private var received = 0
    private var produced = 0
    private var state = Zlib.State.ended

    init(_ body: RequestBody, _ zlib: Zlib, _ format: Zlib.Format, _ limits: HTTPLimits) {
        (self.zlib, self.format, self.limits) = (zlib, format, limits)
        pieces = body.makeAsyncIterator()
    }

    func next() async throws(RequestBodyError) -> [UInt8]? {
        while true {
            if used == input.count, state != .hasMore {
                guard let piece = try await pieces.next(isolation: nil) else {
                    // Nothing at all is nothing; else the end must have been announced.
                    guard state == .ended else { throw .malformed }
                    return nil
                }
                (input, used) = (piece, 0)
                // RFC 1952, 2.2: several members may follow each other.
                guard state != .ended || received == 0 || format == .gzip else { throw .malformed }
                received += piece.count
            }
            if state == .ended { zlib.restart() }
            let output = try await inflate()
            produced += output.count
            guard produced <= limits.inflatedFreeBytes || (produced - 1) / limits.inflatedRatio < received
            else {
                throw .tooLarge
            }
            if !output.isEmpty { return output }
        }
    }

    private func inflate() async throws(RequestBodyError) -> [UInt8] {
        let step = await zlib.inflate(input[used...], room: limits.bodyWindowBytes)
        used += step.used
        state = step.state
        guard state != .failed else { throw .malformed }
        return step.output
    }
}
