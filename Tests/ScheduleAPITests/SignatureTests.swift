import HTTPHandling
import HTTPWire
import ScheduleAPI
import Testing

/// The examples that SendGrid and Twilio publish with their own libraries.
@Suite struct SignatureTests {
    enum SendGrid {
        static let key =
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaIN"
            + "XvVpiglSI8eNEc6wEA3F+g=="
        static let signature =
            "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
        static let timestamp = "1600112502"
        static let body =
            #"[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":"#
            + #""ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":"LRzXl_NHStOGhQ4kofSm_A."#
            + #"filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@"#
            + #"ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]"# + "\r\n"
    }

    enum Twilio {
        static let token = "12345"
        static let url = "https://mycompany.com/myapp.php?foo=1&bar=2"
        static let form =
            "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
        static let signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    }

    /// Every text that differs from a text in one byte: there by one bit, or by any.
    static func alterations(_ text: String, byOneBit: Bool = false) -> [[UInt8]] {
        let bytes = Array(text.utf8)
        let changes = byOneBit ? (0..<8).map { UInt8(1) << $0 } : Array(1...UInt8.max)
        return bytes.indices.flatMap { index in
            changes.map { change in
                var altered = bytes
                altered[index] ^= change
                return altered
            }
        }
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `SendGrid's example verifies, and no byte of it can be altered`() throws {
        let key = try #require(SendGridSignature(publicKey: SendGrid.key))
        let (signature, timestamp, body) = (SendGrid.signature, SendGrid.timestamp, Array(SendGrid.body.utf8))
        #expect(key.verifies(signature, timestamp: timestamp, body: body))
        for altered in Self.alterations(SendGrid.body, byOneBit: true) {
            #expect(!key.verifies(signature, timestamp: timestamp, body: altered))
        }
        for altered in Self.alterations(timestamp) {
            #expect(!key.verifies(signature, timestamp: Self.text(altered), body: body))
        }
        for altered in Self.alterations(signature) {
            #expect(!key.verifies(Self.text(altered), timestamp: timestamp, body: body))
        }
        for altered in Self.alterations(SendGrid.key) {
            let other = SendGridSignature(publicKey: Self.text(altered))
            #expect(other?.verifies(signature, timestamp: timestamp, body: body) != true)
        }
        #expect(!key.verifies(signature, timestamp: timestamp, body: body.dropLast(2)))
        #expect(!key.verifies(signature + "\n", timestamp: timestamp, body: body))
    }

    @Test func `Twilio's example verifies, and no byte of it can be altered`() throws {
        let key = TwilioSignature(authToken: Twilio.token)
        let form = try QueryItem.parse(form: Array(Twilio.form.utf8))
        #expect(key.verifies(Twilio.signature, url: Twilio.url, form: form))
        #expect(key.verifies(Twilio.signature, url: Twilio.url, form: form.reversed()))
        for altered in Self.alterations(Twilio.url) {
            #expect(!key.verifies(Twilio.signature, url: Self.text(altered), form: form))
        }
        for altered in Self.alterations(Twilio.signature) {
            #expect(!key.verifies(Self.text(altered), url: Twilio.url, form: form))
        }
        for altered in Self.alterations(Twilio.token) {
            let other = TwilioSignature(authToken: Self.text(altered))
            #expect(!other.verifies(Twilio.signature, url: Twilio.url, form: form))
        }
        for altered in Self.alterations(Twilio.form) {
            // A form that is none any more is refused before, and `%2b` is `%2B`.
            guard let other = try? QueryItem.parse(form: altered), other != form else { continue }
            #expect(!key.verifies(Twilio.signature, url: Twilio.url, form: other), "\(Self.text(altered))")
        }
    }

    @Test func `a name with several values is signed with each of them once, in order`() throws {
        let form = try QueryItem.parse(
            form: Array("Digits=5678&Sid=CA123&Digits=1234&SidAccount=AC123&Digits=1234".utf8))
        let key = TwilioSignature(authToken: Twilio.token)
        #expect(key.verifies("IK+Dwps556ElfBT0I3Rgjkr1wJU=", url: Twilio.url, form: form))
    }

    @Test func `our own signature is HMAC-SHA256 in hexadecimal digits, and holds for five minutes`() {
        // Made with another implementation:
        // printf '%s' '1767614400[]' | openssl dgst -sha256 -hmac Jefe
        let key = EventsSignature(secret: "Jefe")
        let signature = Self.ownExample
        func verifies(_ signature: String, _ timestamp: String, _ body: String, now: Int64) -> Bool {
            key.verifies(signature, timestamp: timestamp, body: Array(body.utf8), unixSeconds: now)
        }
        let time: Int64 = 1_767_614_400
        for now in [time - 300, time, time + 300] { #expect(verifies(signature, "\(time)", "[]", now: now)) }
        for now in [time - 301, time + 301] { #expect(!verifies(signature, "\(time)", "[]", now: now)) }
        for altered in Self.alterations(signature) {
            #expect(!verifies(Self.text(altered), "\(time)", "[]", now: time))
        }
        #expect(!verifies(signature.uppercased(), "\(time)", "[]", now: time))
        #expect(!verifies(signature, "\(time)", "[ ]", now: time))
        #expect(!verifies(signature, "0\(time)", "[]", now: time))
    }

    private static let ownExample = "8c2307fa46411636de66c7d6f3b3b27417f8b8da8fc04a72615bc2e958dac1cb"
}
