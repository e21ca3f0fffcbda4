import Crypto
import Foundation
import HTTPHandling
import HTTPTypes
import ScheduleStore
import Synchronization

/// One request with an idempotency key: carried out once, and answered the same when it comes again within a day.
///
/// 1. A request is the same when the same credentials bring the same key to the same path. Its fingerprint covers the
///    method, the query, the format and the whole body: the same key with another one is an error (422).
/// 2. Only what was carried out is kept, that is answers of the 2xx class. A request that was refused has changed
///    nothing and may be mended and sent under the same key.
/// 3. The answer is stored in one transaction with the change (`OrganizationRequest.change`), so that a process
///    which dies in between leaves both or neither. Requests that take several transactions, such as imports, store
///    it at their end; sent again after a crash, they are carried out again.
/// 4. Answers may hold secrets. They are stored sealed (AES-GCM) with a key made from the credentials and the
///    idempotency key, which are stored nowhere.
final class IdempotentExchange: Sendable {
    /// Seconds that an answer is kept for.
    static let lifetimeSeconds: Int64 = 24 * 3600

    /// Names the request in the store, and among those that are being carried out.
    let id: [UInt8]
    /// The body to read instead of the request's own.
    let body: RequestBody
    private let source: FingerprintedBody
    private let sealingKey: SymmetricKey
    private let services: APIServices
    private let isKept = Mutex(false)

    /// The exchange of a request; nil where it has no key.
    ///
    /// - Throws: 400.
    init?(_ request: ServerRequest, services: APIServices) throws(HTTPProblem) {
        guard request.method == .post, let key = try IdempotencyKey.key(of: request) else { return nil }
        let credentials = request.fields[.authorization] ?? ""
        func text(_ parts: String...) -> [UInt8] { Array(parts.joined(separator: "\n").utf8) }
        id = Array(SHA256.hash(data: text(credentials, request.target, key)))
        sealingKey = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: text(credentials, key)), info: text("kept answer"),
            outputByteCount: 32)
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        source = FingerprintedBody(
            request.body, prefix: text(query, request.fields[.contentType] ?? "", ""))
        body = RequestBody(declaredLength: request.body.declaredLength, source: source)
        self.services = services
    }

    /// The answer that was given before; nil where there is none.
    ///
    /// - Throws: 422 where it was given to another request; what reading the body throws.
    func earlierAnswer(in store: any AnswerStore) async throws -> ServerResponse? {
        let now = Timestamp.column(unixSeconds: services.unixSeconds())
        guard let kept = try await store.keptAnswer(id: id, now: now) else { return nil }
        guard try await source.fingerprint() == kept.fingerprint else {
            throw HTTPProblem.api(
                .idempotencyKeyReused, detail: "The key was used for a request with another body.")
        }
        let box = try AES.GCM.SealedBox(combined: kept.content)
        let content = try JSONDecoder().decode(
            Content.self, from: AES.GCM.open(box, using: sealingKey))
        return content.response
    }

    /// Keeps an answer that the change's own transaction has not stored.
    func keep(_ response: ServerResponse, in store: any AnswerStore) async throws {
        guard response.status.kind == .successful, !isKept.withLock({ $0 }), let answer = try kept(response)
        else { return }
        try await store.keepAnswer(answer)
    }

    /// An answer as it is stored; nil for one that is written piece by piece. To be called when the whole body
    /// was read.
    func kept(_ response: ServerResponse) throws -> KeptAnswer? {
        guard let content = Content(response) else { return nil }
        let nonce = try AES.GCM.Nonce(data: services.randomBytes(12))
        let box = try AES.GCM.seal(JSONEncoder().encode(content), using: sealingKey, nonce: nonce)
        guard let sealed = box.combined else { return nil }
        isKept.withLock { $0 = true }
        let now = services.unixSeconds()
        return KeptAnswer(
            id: id, fingerprint: source.fingerprintSoFar, content: [UInt8](sealed),
            createdAt: Timestamp.column(unixSeconds: now),
            expiresAt: Timestamp.column(unixSeconds: now + Self.lifetimeSeconds))
    }

    /// An answer as text.
    private struct Content: Codable {
        var status: Int
        var fields: [[String]]
        var body: Data

        init?(_ response: ServerResponse) {
            switch response.body {
            case .empty: body = Data()
            case .bytes(let bytes): body = Data(bytes)
            case .stream: return nil
            }
            status = response.status.code
            fields = response.fields.map { [$0.name.rawName, $0.value] }
        }

        var response: ServerResponse {
            var fields = HTTPFields()
            for field in self.fields {
                guard field.count == 2, let name = HTTPField.Name(field[0]) else { continue }
                fields.append(HTTPField(name: name, value: field[1]))
            }
            return ServerResponse(
                status: HTTPResponse.Status(code: status), fields: fields,
                body: body.isEmpty ? .empty : .bytes([UInt8](body)))
        }
    }
}
