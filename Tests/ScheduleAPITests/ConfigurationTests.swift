import Foundation
import HTTPTypes
import ScheduleConfig
import ScheduleJobs
import ScheduleStore
import SchedulingCore
import Testing

/// The configuration of an organisation, its versions, and what follows from a change.
@Suite struct ConfigurationTests {
    private static let path = "/v1/orgs/acme/config"

    @Test func isTheServicesFileUntilTheOrganisationHasItsOwn() async throws {
        try await TestService.with { test in
            let answer = try await test.send(.get, Self.path)
            #expect(answer.status == 200 && answer.fields[.eTag] == "\"1\"")
            let load = try answer.object["load_balancing"] as? [String: Any]
            #expect(load?["period_days"] as? Int == 14)
            #expect(try answer.object["time_zone"] as? String == "UTC")
            #expect((try answer.object["processing"] as? [String: Any])?["batch_size"] as? Int == 100)
            let versions = try await test.send(.get, "\(Self.path)/versions").items
            #expect(versions.map { $0["created_by"] as? String } == ["file"])
            #expect(versions.map { $0["source"] as? String } == ["file"])
        }
    }

    @Test func whatIsGotCanBePutBackAndIsTheSame() async throws {
        try await TestService.with { test in
            let got = try await test.send(.get, Self.path)
            let put = try await test.send(.put, Self.path, body: got.text)
            #expect(put.status == 200 && put.text == got.text && put.fields[.eTag] == "\"2\"")
            let again = try await test.send(.put, Self.path, body: got.text)
            #expect(again.fields[.eTag] == "\"2\"" && again.text == got.text)
            #expect(try await test.send(.get, Self.path).text == got.text)
        }
    }

    @Test func keysLeftOutAreThoseOfTheFileAgain() async throws {
        try await TestService.with { test in
            let first = try await test.send(
                .put, Self.path, body: #"{"load_balancing":{"period_days":7},"features":{"enable_sms":true}}"#
            )
            #expect(first.status == 200)
            let second = try await test.send(
                .put, Self.path, body: #"{"timing_constants":{"followup_days_after":3.0}}"#)
            let object = try second.object
            #expect((object["load_balancing"] as? [String: Any])?["period_days"] as? Int == 14)
            #expect((object["features"] as? [String: Any])?["enable_sms"] as? Bool == false)
            #expect((object["timing_constants"] as? [String: Any])?["followup_days_after"] as? Int == 3)
            #expect((object["processing"] as? [String: Any])?["batch_size"] as? Int == 100)
        }
    }

    @Test func everyMistakeIsNamedWithItsPlace() async throws {
        try await TestService.with { test in
            let body = #"""
                {"load_balancing":{"period_days":"7","ed_smoothing_window_days":4},"durabilty":"full",
                 "aep_config":{"default_dates":[{"month":2,"day":30},{"month":13,"day":1}]},
                 "state_rules":{"C.A/x":{}},"time_zone":"Mars/Olympus","runs":{"daily_at":"25:00"},"load":1}
                """#
            let answer = try await test.send(.put, Self.path, body: body)
            #expect(answer.status == 422)
            #expect(
                try answer.mistakes.sorted() == [
                    "/aep_config/default_dates/0 invalid_value",
                    "/aep_config/default_dates/1/month invalid_value", "/durabilty unknown_field",
                    "/load unknown_field", "/load_balancing/ed_smoothing_window_days invalid_value",
                    "/load_balancing/period_days invalid_value", "/runs/daily_at invalid_value",
                    "/state_rules/C.A~1x invalid_value", "/time_zone invalid_value",
                ])
            #expect(try await test.send(.get, "\(Self.path)/versions").items.count == 1)
        }
    }

    @Test(arguments: [
        ("{", 400, " malformed_json"), ("[]", 422, " invalid_type"),
        (#"{"durability":"normal","durability":"full"}"#, 422, "/durability duplicate_field"),
        (#"{"durability":"full"}"#, 422, "/durability service_setting"),
        (#"{"backup_retention_days":31}"#, 422, "/backup_retention_days service_setting"),
        (#"{"retention":{"audit_days":90}}"#, 422, "/retention service_setting"),
    ])
    func refuses(body: String, status: Int, mistake: String) async throws {
        try await TestService.with { test in
            let answer = try await test.send(.put, Self.path, body: body)
            #expect(answer.status == status)
            #expect(try answer.mistakes.contains(mistake), "\(answer.text)")
        }
    }

    @Test func needsAdminToChangeAndReadToSee() async throws {
        try await TestService.with { test in
            let read = try await test.token("acme", [.read])
            let write = try await test.token("acme", [.write])
            #expect(try await test.send(.get, Self.path, token: read).status == 200)
            #expect(try await test.send(.put, Self.path, token: write, body: "{}").status == 403)
            let restore = "\(Self.path)/versions/1/restore"
            #expect(try await test.send(.post, restore, token: write).status == 403)
        }
    }

    @Test func ifMatchGuardsAgainstLostChanges() async throws {
        try await TestService.with { test in
            let change = #"{"load_balancing":{"period_days":7}}"#
            let stale = try await test.send(.put, Self.path, body: change, fields: [.ifMatch: "\"2\""])
            #expect(stale.status == 412)
            let weak = try await test.send(.put, Self.path, body: change, fields: [.ifMatch: "W/\"1\""])
            #expect(weak.status == 412)
            let fresh = try await test.send(.put, Self.path, body: change, fields: [.ifMatch: "\"9\", \"1\""])
            #expect(fresh.status == 200)
            let any = try await test.send(.put, Self.path, body: "{}", fields: [.ifMatch: "*"])
            #expect(any.status == 200 && any.fields[.eTag] == "\"3\"")
        }
    }

    @Test func aChangePlansEverybodyAnewWithItsVersion() async throws {
        try await TestService.with { test in
            _ = try await test.send(
                .post, "/v1/orgs/acme/contacts",
                body: #"{"email":"ann@example.com","zip_code":"78701","birth_date":"1950-03-01"}"#)
            // Nobody has a plan yet.
            let early = try await test.send(.put, Self.path, body: #"{"features":{"enable_sms":true}}"#)
            #expect(early.fields[HTTPField.Name("Link") ?? .via] == nil)
            _ = try await test.send(.post, "/v1/orgs/acme/scheduler-runs", body: #"{"kind":"full"}"#)
            try await test.carryOutRun()

            let change = #"{"timing_constants":{"birthday_email_days_before":20}}"#
            let answer = try await test.send(.put, Self.path, body: change)
            #expect(
                answer.fields[HTTPField.Name("Link") ?? .via]
                    == "</v1/orgs/acme/scheduler-runs/2>; rel=\"monitor\"")
            let configurations = test.configurations
            let environment = try await configurations.environment(ofOrganization: "acme", version: nil)
            let run = try #require(try await test.carryOutNextRun(in: environment))
            #expect(run.request.kind == .full && run.configVersion == 3)
            let rows = try await test.store.schedules(ofContact: 1)
            #expect(rows.filter { $0.emailType == "birthday" }.map(\.scheduledSendDate) == ["2026-02-09"])
            // The same again changes nothing.
            let same = try await test.send(.put, Self.path, body: change)
            #expect(same.fields[HTTPField.Name("Link") ?? .via] == nil)
            #expect(try await test.store.runs(before: nil, limit: 10).items.count == 2)
        }
    }

    @Test func restoringIsANewVersionWithTheOldContent() async throws {
        try await TestService.with { test in
            let old = try await test.send(.put, Self.path, body: #"{"load_balancing":{"period_days":7}}"#)
            _ = try await test.send(.put, Self.path, body: #"{"load_balancing":{"period_days":21}}"#)
            let restored = try await test.send(.post, "\(Self.path)/versions/2/restore")
            #expect(restored.status == 200 && restored.text == old.text)
            #expect(restored.fields[.eTag] == "\"4\"")
            let versions = try await test.send(.get, "\(Self.path)/versions?limit=2")
            #expect(try versions.items.map { $0["version"] as? Int } == [4, 3])
            #expect(try versions.items.map { $0["effective"] as? Bool } == [true, false])
            #expect(try versions.items.first?["created_by"] as? String == "admin (token 1)")
            let cursor = try #require(try versions.object["next_cursor"] as? String)
            let rest = try await test.send(.get, "\(Self.path)/versions?limit=2&cursor=\(cursor)").items
            #expect(rest.map { $0["version"] as? Int } == [2, 1])
            let one = try await test.send(.get, "\(Self.path)/versions/3").object
            let load = (one["config"] as? [String: Any])?["load_balancing"] as? [String: Any]
            #expect(load?["period_days"] as? Int == 21)
            #expect(try await test.send(.get, "\(Self.path)/versions/5").status == 404)
            #expect(try await test.send(.post, "\(Self.path)/versions/0/restore").status == 404)
        }
    }

    @Test func theTimeZoneIsTheOrganisationsRecords() async throws {
        try await TestService.with { test in
            let put = try await test.send(.put, Self.path, body: #"{"time_zone":"America/Chicago"}"#)
            #expect(put.status == 200)
            let organization = try await test.send(.get, "/v1/orgs/acme").object
            #expect(organization["time_zone"] as? String == "America/Chicago")
            _ = try await test.send(.patch, "/v1/orgs/acme", body: #"{"time_zone":"UTC"}"#)
            let answer = try await test.send(.get, Self.path)
            #expect(try answer.object["time_zone"] as? String == "UTC")
            #expect(answer.fields[.eTag] == "\"3\"")
        }
    }

    @Test func theGeneralExtensionReachesTheWindowsOfABodyThatWasGot() async throws {
        try await TestService.with { test in
            let got = try await test.send(.get, Self.path).text
            let changed = got.replacing(
                "\"pre_window_exclusion_days\":60", with: "\"pre_window_exclusion_days\":10")
            #expect(try await test.send(.put, Self.path, body: changed).status == 200)
            let settings = try await test.configurations.settings(ofOrganization: "acme")
            #expect(settings.policy.stateRules["CA"]?.windows.map(\.preWindowExtensionDays) == [10])
        }
    }

    @Test func rulesThatHoldForATimeAreTakenAndDecide() async throws {
        try await TestService.with { test in
            let body = #"""
                {"state_rules":{"TX":{"birthday_window":[
                  {"window_before_days":20,"window_after_days":5,"effective_until":"2026-06-30","citation":"TX 1"},
                  {"window_before_days":0,"window_after_days":5,"pre_window_extension_days":0,
                   "effective_from":"2026-07-01"}]}}}
                """#
            let put = try await test.send(.put, Self.path, body: body)
            #expect(put.status == 200, "\(put.text)")
            for (id, birthday) in [(1, "1950-03-01"), (2, "1950-09-01")] {
                _ = try await test.send(
                    .post, "/v1/orgs/acme/contacts",
                    body: """
                        {"id":\(id),"email":"c\(id)@example.com","zip_code":"78701","birth_date":"\(birthday)"}
                        """)
            }
            _ = try await test.send(.post, "/v1/orgs/acme/scheduler-runs", body: #"{"kind":"full"}"#)
            let environment = try await test.configurations.environment(ofOrganization: "acme", version: nil)
            _ = try await test.carryOutNextRun(in: environment)
            func birthday(_ id: Int64) async throws -> String? {
                let rows = try await test.store.schedules(ofContact: id)
                return rows.first { $0.emailType == "birthday" }.map {
                    [$0.scheduledSendDate ?? "", $0.skipReason ?? $0.status ?? ""].joined(separator: " ")
                }
            }
            #expect(try await birthday(1) == "2026-02-15 birthday_window")
            #expect(try await birthday(2) == "2026-08-18 pre-scheduled")
        }
    }
}
