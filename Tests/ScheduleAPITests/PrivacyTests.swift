import Foundation
import HTTPTypes
import ScheduleStore
import SchedulingCore
import Testing

/// What the people behind contacts can ask for.
@Suite struct PrivacyTests {
    private static let path = "/v1/orgs/acme/contacts"

    /// A contact with something in every table, and another one.
    private func fill(_ test: TestService) async throws {
        let file = """
            id,first_name,email,zip_code,birth_date
            1,Zelda,zelda@example.com,78701,1950-03-01
            2,Bob,bob@example.com,78701,1950-03-02
            3,Zelda,ZELDA@example.com,1,1950-03-01

            """
        _ = try await test.send(.post, "\(Self.path)/import", body: file, type: "text/csv")
        _ = try await test.send(
            .post, "/v1/orgs/acme/campaign-instances",
            body: #"{"campaign_type":"rate_increase","instance_name":"One"}"#)
        _ = try await test.send(
            .post, "/v1/orgs/acme/contact-campaigns",
            body: #"{"contact_id":1,"campaign_instance_id":1,"metadata":{"note":"zelda"}}"#)
        _ = try await test.send(.post, "/v1/orgs/acme/scheduler-runs", body: #"{"kind":"full"}"#)
        while try await test.carryOutNextRun() != nil {}
        let claim = try await test.send(
            .post, "/v1/orgs/acme/email-schedules/claim", body: #"{"as_of":"2026-02-15"}"#
        ).items
        let item = try #require(claim.first { ($0["contact"] as? [String: Any])?["id"] as? Int == 1 })
        let (id, lease) = (item["id"] as? Int ?? 0, item["lease"] as? Int ?? 0)
        let report = """
            [{"id":\(id),"lease":\(lease),"status":"sent","message_id":"m1","detail":"to zelda@example.com"}]
            """
        let told = try await test.send(.post, "/v1/orgs/acme/email-schedules/status", body: report)
        #expect(told.text.contains("recorded"))
        var click = DeliveryEvent(
            key: [1], kind: .clicked, name: "clicked", subject: .schedule(Int64(id)), source: "test",
            at: TestService.unixSeconds)
        click.url = "https://example.com/?who=zelda"
        var parked = DeliveryEvent(
            key: [2], kind: .clicked, name: "clicked", subject: .message("unknown"), source: "test",
            at: TestService.unixSeconds)
        parked.url = "https://example.com/?who=zelda@example.com"
        _ = try await test.store.recordEvents([click, parked], now: "2026-01-05 12:00:00")
    }

    @Test func exportsEverythingAboutAContactAndNobodyElse() async throws {
        try await TestService.with { test in
            try await fill(test)
            let answer = try await test.send(.get, "\(Self.path)/1/export")
            #expect(answer.status == 200)
            let tables = try #require(try answer.object["tables"] as? [String: [[String: Any]]])
            #expect(tables["contacts"]?.first?["first_name"] as? String == "Zelda")
            #expect(tables["email_schedules"]?.isEmpty == false)
            #expect(tables["email_schedules"]?.allSatisfy { $0["contact_id"] as? Int == 1 } == true)
            #expect(tables["contact_campaigns"]?.count == 1)
            #expect(tables["tracking_clicks"]?.first?["url"] as? String == "https://example.com/?who=zelda")
            #expect(tables["send_reports"]?.first?["detail"] as? String == "to zelda@example.com")
            #expect(tables["email_events"]?.isEmpty == false)
            #expect(!answer.text.contains("Bob"))
            #expect(try await test.send(.get, "\(Self.path)/9/export").status == 404)
        }
    }

    @Test func erasesWhatIsPersonalEverywhereAndKeepsWhatWasSent() async throws {
        try await TestService.with { test in
            try await fill(test)
            let sent = try await test.store.schedules(ofContact: 1).filter {
                !["pre-scheduled", "skipped"].contains($0.status ?? "")
            }
            #expect(!sent.isEmpty)
            let answer = try await test.send(.post, "\(Self.path)/1/erase")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try answer.object["backup_retention_days"] as? Int == 30)
            #expect((try answer.object["rows"] as? [String: Int])?["import_rejects"] == 1)
            #expect(try await test.send(.get, "\(Self.path)/1").status == 404)
            // The run that follows brings nothing back.
            while try await test.carryOutNextRun() != nil {}
            let left = try await test.store.schedules(ofContact: 1)
            #expect(left.map(\.id) == sent.map(\.id))
            #expect(left.allSatisfy { $0.metadata == nil && $0.eventMonth == nil && $0.eventDay == nil })
            let export = try await test.send(.get, "\(Self.path)/1/export").text
            #expect(!export.lowercased().contains("zelda"))
            let rejects = try await test.send(.get, "/v1/orgs/acme/imports/1/rejects").text
            #expect(!rejects.lowercased().contains("zelda"))
            let list = try await test.send(.get, "/v1/orgs/acme/suppressions?contact_id=1").items
            #expect(list.map { $0["reason"] as? String } == ["erased"])
            let audit = try await test.send(.get, "/v1/orgs/acme/audit?entity=contact&entity_id=1").items
            #expect(audit.map { $0["action"] as? String } == ["erased"])
            // The other contact is as it was, and a second erasure finds what is left.
            #expect(try await test.send(.get, "\(Self.path)/2").status == 200)
            #expect(try await test.send(.post, "\(Self.path)/1/erase").status == 200)
            #expect(try await test.send(.post, "\(Self.path)/9/erase").status == 404)
        }
    }

    @Test func onlyAdminErases() async throws {
        try await TestService.with { test in
            let token = try await test.token("acme", [.write, .read])
            #expect(try await test.send(.post, "\(Self.path)/1/erase", token: token).status == 403)
        }
    }
}
