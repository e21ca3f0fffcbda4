import Foundation
import Testing

/// The seed system's example of a campaign, over HTTP from end to end.
@Suite struct CampaignWorkflowTests {
    private let scratch: Scratch
    private let service: RunningService
    private let today = "2025-06-02"
    private let organization = "/v1/orgs/acme"

    init() throws {
        scratch = try Scratch()
        service = try RunningService(dataDirectory: scratch.path("data"))
        try service.makeOrganization("acme")
    }

    @Test func `a rate increase is announced 14 days before, or skipped with the reason of the state`() throws
    {
        let instance = try setUpCampaign(starting: "2025-06-01", trigger: "2025-07-01", end: "2025-08-31")
        let run = try service.fullRun("acme", today: today)
        #expect(run["state"] as? String == "completed")

        let planned = try campaignRow(ofContact: 123)
        #expect(planned["scheduled_send_date"] as? String == "2025-06-17")
        #expect(planned["ideal_send_date"] as? String == "2025-06-17")
        #expect(planned["status"] as? String == "pre-scheduled")
        #expect(planned["skip_reason"] is NSNull)
        #expect(planned["email_template"] as? String == "rate_increase_q3")
        #expect(planned["priority"] as? Int == 1)
        #expect(planned["campaign_instance_id"] as? Int == instance)
        for (contact, reason) in [
            (124, "year_round_exclusion"), (125, "birthday_window"), (126, "effective_date_window"),
            (127, "suppressed"),
        ] {
            let skipped = try campaignRow(ofContact: contact)
            #expect(skipped["scheduled_send_date"] as? String == "2025-06-17", "\(contact)")
            #expect(skipped["status"] as? String == "skipped", "\(contact)")
            #expect(skipped["skip_reason"] as? String == reason, "\(contact)")
            #expect(skipped["email_template"] as? String == "rate_increase_q3", "\(contact)")
        }
        for (contact, status) in [(123, "scheduled"), (124, "skipped")] {
            let targets = try service.request("\(organization)/contact-campaigns?contact_id=\(contact)")
            let items = try #require(targets.json["items"] as? [[String: Any]])
            #expect(items.map { $0["status"] as? String } == [status])
        }
    }

    @Test func `a contact who moves to New York has no future email within a second`() throws {
        // What a change plans, it plans for the current date: so does this campaign.
        let day = try #require(
            try service.fullRun("acme", today: nil, options: #","dry_run":true"#)["today"] as? String)
        func date(_ days: Int) throws -> String {
            try Command.shell("date --date='\(day) + \(days) days' +%F").output
                .trimmingCharacters(in: .newlines)
        }
        _ = try setUpCampaign(starting: day, trigger: date(30), end: date(90))
        let run = try service.fullRun("acme", today: nil)
        #expect(run["state"] as? String == "completed")
        let before = try schedule(ofContact: 123)
        #expect(before.contains { $0["status"] as? String == "pre-scheduled" })
        #expect(try campaignRow(ofContact: 123)["scheduled_send_date"] as? String == date(16))

        let moved = try service.request(
            "\(organization)/contacts/123", "--request", "PATCH", "--json",
            #"{"state":"NY","zip_code":"10001"}"#)
        #expect(moved.status == 200)
        let deadline = ContinuousClock.now + .seconds(1)
        var future: [[String: Any]] = []
        repeat {
            future = try schedule(ofContact: 123).filter {
                ($0["scheduled_send_date"] as? String ?? "") >= day
            }
        } while !isExcluded(future) && ContinuousClock.now < deadline
        #expect(isExcluded(future), "\(future)")
        #expect(future.count == before.count)
        #expect(try campaignRow(ofContact: 123)["skip_reason"] as? String == "year_round_exclusion")
        let runs = try service.request("\(organization)/scheduler-runs")
        let kinds = (runs.json["items"] as? [[String: Any]])?.map { $0["kind"] as? String }
        #expect(kinds?.filter { $0 == "full" }.count == 2, "the dry one, and the one before the change")
    }

    private func isExcluded(_ rows: [[String: Any]]) -> Bool {
        !rows.isEmpty
            && rows.allSatisfy {
                $0["status"] as? String == "skipped" && $0["skip_reason"] as? String == "year_round_exclusion"
            }
    }

    /// Imports contacts, makes the type and its instance for a quarter, and enrols everybody with one trigger
    /// date. Returns the instance's id.
    private func setUpCampaign(starting start: String, trigger: String, end: String) throws -> Int {
        let file = scratch.path("contacts.csv")
        try Data(
            """
            id,email,zip_code,state,birth_date,effective_date
            123,tx@example.com,78701,TX,1950-12-10,2019-02-01
            124,ny@example.com,10001,NY,1950-12-10,2019-02-01
            125,ca@example.com,90001,CA,1950-06-20,2019-02-01
            126,mo@example.com,63101,MO,1950-12-10,2019-07-01
            127,fl@example.com,33101,FL,1950-12-10,2019-02-01

            """.utf8
        ).write(to: URL(filePath: file))
        let imported = try service.request(
            "\(organization)/contacts/import", "--header", "Content-Type: text/csv", "--data-binary",
            "@\(file)")
        #expect(imported.json["created"] as? Int == 5)
        let type = try service.request(
            "\(organization)/campaign-types/rate_increase", "--request", "PUT", "--json",
            """
            {"respect_exclusion_windows":true,"enable_followups":true,"days_before_event":14,\
            "target_all_contacts":false,"priority":1,"active":true}
            """)
        #expect([200, 201].contains(type.status), "\(type.body)")
        let instance = try service.request(
            "\(organization)/campaign-instances", "--json",
            """
            {"campaign_type":"rate_increase","instance_name":"Rates, third quarter",\
            "email_template":"rate_increase_q3","sms_template":"rate_increase_q3_sms",\
            "active_start_date":"\(start)","active_end_date":"\(end)"}
            """)
        #expect(instance.status == 201, "\(instance.body)")
        let id = try #require(instance.json["id"] as? Int)
        let targets = (123...127).map {
            #"{"contact_id":\#($0),"campaign_instance_id":\#(id),"trigger_date":"\#(trigger)"}"#
        }
        let enrolled = try service.request(
            "\(organization)/contact-campaigns", "--json", "[\(targets.joined(separator: ","))]")
        #expect(enrolled.json["created"] as? Int == 5, "\(enrolled.body)")
        let suppressed = try service.request(
            "\(organization)/suppressions", "--json", #"{"contact_id":127,"reason":"unsubscribed"}"#)
        #expect(suppressed.status == 201, "\(suppressed.body)")
        return id
    }

    private func schedule(ofContact id: Int) throws -> [[String: Any]] {
        let answer = try service.request("\(organization)/contacts/\(id)/schedule")
        return try #require(answer.json["items"] as? [[String: Any]], "\(answer.body)")
    }

    private func campaignRow(ofContact id: Int) throws -> [String: Any] {
        let rows = try schedule(ofContact: id).filter {
            ($0["email_type"] as? String) == "campaign_rate_increase"
        }
        #expect(rows.count == 1, "contact \(id)")
        return rows.first ?? [:]
    }
}
