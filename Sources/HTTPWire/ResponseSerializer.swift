package import HTTPHandling
package import HTTPTypes

/// Turns responses into bytes (RFC 9112, 4 and 6; RFC 9110, 6.4 and 8.6).
package enum ResponseSerializer {
    /// What the exchange that a response belongs to decides of it.
    package struct Context {
        /// The request's method.
        let method: HTTPRequest.Method
        /// The client's version.
        let version: HTTPVersion
        /// Whether the connection ends with the response.
        let closes: Bool
        /// What `X-Request-Id` says unless the response does; not sent if empty.
        let requestID: String

        /// A context.
        package init(method: HTTPRequest.Method, version: HTTPVersion, closes: Bool, requestID: String) {
            (self.method, self.version, self.closes, self.requestID) = (method, version, closes, requestID)
        }
    }

    /// How the bytes of a body follow the head.
    package enum BodyPlan: Equatable {
        /// No byte follows.
        case none
        /// The bytes of `.bytes` follow.
        case whole
        /// The stream's pieces follow as chunks.
        case chunked
        /// The stream's pieces follow as they are, until the connection closes.
        case untilClose
    }

    /// The interim answer that asks for the body (RFC 9110, 15.2.1).
    package static let `continue`: [UInt8] = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
    /// The end of a chunked body.
    package static let lastChunk: [UInt8] = Array("0\r\n\r\n".utf8)

    /// Appends the head.
    /// - Returns: what the caller has to send after it.
    package static func write(
        _ response: ServerResponse, _ context: Context, date: [UInt8], to out: inout [UInt8]
    ) -> BodyPlan {
        out.append("HTTP/1.1 ")
        out.append(decimal: response.status.code)
        out.append(ASCII.space)
        out.append(response.status.reasonPhrase)
        out.append("\r\nDate: ")
        out.append(contentsOf: date)
        let plan = writeFraming(response, context, to: &out)
        if context.closes {
            out.append("\r\nConnection: close")
        } else if context.version == .oneZero {
            out.append("\r\nConnection: keep-alive")
        }
        var hasRequestID = false
        for field in response.fields {
            switch field.name {
            case .contentLength, .transferEncoding, .connection, .date: continue
            case .xRequestID: hasRequestID = true
            default: break
            }
            write(field, to: &out)
        }
        if !hasRequestID, !context.requestID.isEmpty {
            out.append("\r\nX-Request-Id: ")
            out.append(context.requestID)
        }
        out.append("\r\n\r\n")
        return plan
    }

    /// Appends one chunk; nothing for no bytes, as an empty chunk would end the body.
    package static func write(chunk: [UInt8], to out: inout [UInt8]) {
        guard !chunk.isEmpty else { return }
        out.append(String(chunk.count, radix: 16))
        out.append("\r\n")
        out.append(contentsOf: chunk)
        out.append("\r\n")
    }

    private static func write(_ field: HTTPField, to out: inout [UInt8]) {
        out.append("\r\n")
        out.append(field.name.rawName)
        out.append(": ")
        // A field's value has no line ends in it: HTTPField turns them into spaces.
        out.append(field.value)
    }

    private static func writeFraming(
        _ response: ServerResponse, _ context: Context, to out: inout [UInt8]
    ) -> BodyPlan {
        // RFC 9110, 8.6: no Content-Length in 204; 304 has no body and need not tell a length.
        if response.status.code == 204 || response.status.code == 304 { return .none }
        let isHead = context.method == .head
        switch response.body {
        case .empty:
            // A HEAD answer may tell the length its GET would have (RFC 9110, 9.3.2).
            let told = isHead ? response.fields[.contentLength].flatMap { Int($0) } : nil
            writeLength(max(told ?? 0, 0), to: &out)
            return .none
        case .bytes(let bytes):
            writeLength(bytes.count, to: &out)
            return isHead ? .none : .whole
        case .stream:
            guard context.version == .oneOne else { return isHead ? .none : .untilClose }
            out.append("\r\nTransfer-Encoding: chunked")
            return isHead ? .none : .chunked
        }
    }

    private static func writeLength(_ length: Int, to out: inout [UInt8]) {
        out.append("\r\nContent-Length: ")
        out.append(decimal: length)
    }
}
