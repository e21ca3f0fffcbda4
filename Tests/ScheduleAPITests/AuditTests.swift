import Foundation
import HTTPTypes
import ScheduleStore
import SchedulingCore
import Synchronization
import Testing

/// Who changed what, when.
@Suite struct AuditTests {
    private static let path = "/v1/orgs/acme/audit"

    private func entries(_ test: TestService, _ query: String = "") async throws -> [String] {
        try await test.send(.get, Self.path + query).items.map { item in
            let id = item["entity_id"] as? String
            return "\(item["entity"] ?? "") \(item["action"] ?? "") \(id ?? "-")"
        }
    }

    @Test func everyChangeIsToldWithItsActorAndRequest() async throws {
        try await TestService.with { test in
            let token = try await test.token("acme", [.write])
            var fields = HTTPFields()
            fields[HTTPField.Name("X-Request-Id") ?? .via] = "abc"
            _ = try await test.send(
                .post, "/v1/orgs/acme/contacts", token: token,
                body: #"{"email":"ann@example.com","zip_code":"78701"}"#)
            _ = try await test.send(
                .patch, "/v1/orgs/acme/contacts/1", token: token,
                body: #"{"first_name":"Ann","zip_code":"78702"}"#)
            // Nothing is different.
            _ = try await test.send(.patch, "/v1/orgs/acme/contacts/1", body: #"{"first_name":"Ann"}"#)
            _ = try await test.send(
                .post, "/v1/orgs/acme/suppressions", body: #"{"contact_id":1,"channel":"sms"}"#)
            _ = try await test.send(.delete, "/v1/orgs/acme/suppressions/1")
            _ = try await test.send(.delete, "/v1/orgs/acme/contacts/1")
            #expect(
                try await entries(test) == [
                    "contact deleted 1", "suppression deleted 1", "suppression created 1",
                    "contact updated 1", "contact created 1",
                ])
            let answer = try await test.send(.get, "\(Self.path)?entity=contact&action=updated")
            let entry = try #require(try answer.items.first)
            #expect(entry["actor"] as? String == "test (token 2)")
            #expect(entry["at"] as? String == "2026-01-05T12:00:00Z")
            #expect(
                (entry["details"] as? [String: Any])?["fields"] as? [String] == ["first_name", "zip_code"])
            #expect(entry["request_id"] is String)
            // Personal data is never told.
            let all = try await test.send(.get, Self.path).text
            #expect(!all.contains("ann@") && !all.contains("Ann") && !all.contains("78702"))
        }
    }

    @Test func campaignsKeysOrganisationAndTokensAreTold() async throws {
        try await TestService.with { test in
            _ = try await test.send(
                .put, "/v1/orgs/acme/campaign-types/news", body: #"{"priority":4}"#)
            _ = try await test.send(
                .post, "/v1/orgs/acme/campaign-instances",
                body: #"{"campaign_type":"news","instance_name":"One"}"#)
            _ = try await test.send(
                .patch, "/v1/orgs/acme/campaign-instances/1", body: #"{"email_template":"x"}"#)
            _ = try await test.send(
                .post, "/v1/orgs/acme/contacts", body: #"{"email":"ann@example.com","zip_code":"78701"}"#)
            _ = try await test.send(
                .post, "/v1/orgs/acme/contact-campaigns", body: #"{"contact_id":1,"campaign_instance_id":1}"#)
            _ = try await test.send(
                .patch, "/v1/orgs/acme/contact-campaigns/1", body: #"{"status":"cancelled"}"#)
            _ = try await test.send(.delete, "/v1/orgs/acme/contact-campaigns/1")
            let triggered = try await test.send(
                .post, "/v1/orgs/acme/campaign-instances/1/trigger",
                body: #"{"contacts":[{"id":1,"trigger_date":"2026-03-01"}]}"#)
            #expect(triggered.status == 202, "\(triggered.text)")
            _ = try await test.send(.put, "/v1/orgs/acme/webhook-keys", body: #"{"events_secret":"hush"}"#)
            _ = try await test.send(.put, "/v1/orgs/acme/config", body: #"{"features":{"enable_sms":true}}"#)
            _ = try await test.send(.post, "/v1/orgs/acme/config/versions/1/restore")
            _ = try await test.send(.post, "/v1/orgs/acme/backups")
            _ = try await test.send(
                .post, "/v1/orgs/acme/tokens", body: #"{"name":"crm","scopes":["read"]}"#)
            _ = try await test.send(.delete, "/v1/orgs/acme/tokens/2")
            _ = try await test.send(.patch, "/v1/orgs/acme", body: #"{"paused":true}"#)
            let found = try await entries(test)
            for entry in [
                "campaign_type created news", "campaign_instance created 1", "campaign_instance updated 1",
                "campaign_target created 1", "campaign_target updated 1", "campaign_target deleted 1",
                "campaign_instance triggered 1", "webhook_keys updated -", "config updated 2",
                "config restored 3", "token created 2", "token deleted 2", "organization updated acme",
            ] {
                #expect(found.contains(entry), "\(entry)")
            }
            #expect(
                found.contains { $0.hasPrefix("backup created acme-") || $0.hasPrefix("backup created ") })
            #expect(!(try await test.send(.get, Self.path).text).contains("hush"))
        }
    }

    @Test func anImportIsOneEntry() async throws {
        try await TestService.with { test in
            _ = try await test.send(
                .post, "/v1/orgs/acme/contacts/import",
                body: "id,email,zip_code\n1,a@example.com,78701\n2,b@example.com,78701\n3,nobody,78701\n",
                type: "text/csv")
            let items = try await test.send(.get, Self.path).items
            #expect(try await entries(test) == ["import completed 1"])
            let details = items.first?["details"] as? [String: Int]
            #expect(details?["created"] == 2 && details?["rejected"] == 1)
        }
    }

    @Test func runsTellTheirTotalsAndTheContactsThatTheySkip() async throws {
        try await TestService.with { test in
            for body in [
                #"{"id":1,"email":"a@example.com","zip_code":"78701","birth_date":"1950-03-01"}"#,
                #"{"id":2,"email":"b@example.com"}"#,
            ] {
                _ = try await test.send(.post, "/v1/orgs/acme/contacts", body: body)
            }
            _ = try await test.send(.post, "/v1/orgs/acme/scheduler-runs", body: #"{"kind":"full"}"#)
            try await test.carryOutRun()
            #expect(
                try await entries(test, "?entity=run") == [
                    "run completed 1", "run started 1", "run requested 1",
                ])
            func lastRun() async throws -> (details: [String: Any], skipped: [String]) {
                let items = try await test.send(.get, "\(Self.path)?actor=system&action=completed").items
                let details = try #require(items.first?["details"] as? [String: Any])
                let skipped = details["invalid_contacts"] as? [[String: Any]] ?? []
                return (details, skipped.map { "\($0["contact_id"] ?? "") \($0["reason"] ?? "")" })
            }
            let run = try await lastRun()
            #expect(run.details["contacts_processed"] as? Int == 1)
            #expect(run.details["inserted"] as? Int == 2)
            #expect(run.skipped == ["2 missing_zip"])

            func invalid() async throws -> [String] {
                try await test.send(.get, "\(Self.path)/invalid-contacts").items.map {
                    "\($0["contact_id"] ?? "") \($0["reason"] ?? "") \($0["scheduler_run_id"] ?? "")"
                }
            }
            #expect(try await invalid() == ["2 missing_zip 1"])
            // A contact that is mended is planned by a run of its own, and is no longer listed; another one comes, and
            // counts once although it has changed twice.
            _ = try await test.send(.patch, "/v1/orgs/acme/contacts/2", body: #"{"zip_code":"78701"}"#)
            _ = try await test.send(.patch, "/v1/orgs/acme/contacts/1", body: #"{"zip_code":null}"#)
            _ = try await test.send(
                .patch, "/v1/orgs/acme/contacts/1", body: #"{"phone_number":"+14155550101"}"#)
            while try await test.carryOutNextRun() != nil {}
            #expect(try await lastRun().skipped == ["1 missing_zip"])
            #expect(try await invalid().map { $0.prefix(13) } == ["1 missing_zip"])
            _ = try await test.send(.delete, "/v1/orgs/acme/contacts/1")
            #expect(try await invalid().isEmpty)
        }
    }

    @Test func pagesAreWholeAndInOrderAcrossBothSources() async throws {
        try await TestService.with { test in
            for number in 1...7 {
                test.clock.seconds.withLock { $0 += 1 }
                if number % 3 == 0 {
                    _ = try await test.send(.patch, "/v1/orgs/acme", body: #"{"name":"\#(number)"}"#)
                } else {
                    _ = try await test.send(
                        .post, "/v1/orgs/acme/contacts", body: #"{"email":"c\#(number)@example.com"}"#)
                }
            }
            var seen: [String] = []
            var cursor: String? = ""
            while let place = cursor {
                let query = place.isEmpty ? "?limit=2" : "?limit=2&cursor=\(place)"
                let answer = try await test.send(.get, Self.path + query)
                #expect(try answer.items.count <= 2)
                seen += try answer.items.map { $0["at"] as? String ?? "" }
                cursor = try answer.object["next_cursor"] as? String
            }
            #expect(seen.count == 7 && seen == seen.sorted(by: >))
            #expect(try await test.send(.get, "\(Self.path)?to=2026-01-04").items.isEmpty)
            #expect(try await test.send(.get, "\(Self.path)?from=2026-01-05&to=2026-01-05").items.count == 7)
            #expect(try await test.send(.get, "\(Self.path)?cursor=zzz").status == 400)
        }
    }

    @Test func aChangeThatIsRefusedIsNotTold() async throws {
        try await TestService.with { test in
            _ = try await test.send(
                .post, "/v1/orgs/acme/contacts", body: #"{"id":1,"email":"a@example.com"}"#)
            let again = try await test.send(
                .post, "/v1/orgs/acme/contacts", body: #"{"id":1,"email":"b@example.com"}"#)
            #expect(again.status == 409)
            #expect(try await entries(test) == ["contact created 1"])
        }
    }
}
