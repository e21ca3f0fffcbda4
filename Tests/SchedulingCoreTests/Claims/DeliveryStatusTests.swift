import SchedulingCore
import SeededRandomness
import Testing

@Suite struct DeliveryStatusTests {
    @Test func `whatever order news comes in, a row ends in the same status`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let news = (0..<6).compactMap { _ in DeliveryStatus.allCases.randomElement(using: &random) }
            let start =
                ["pre-scheduled", "skipped", "processing", "sent"].randomElement(using: &random) ?? ""
            func end(_ news: [DeliveryStatus]) -> String { news.reduce(start) { $1.following($0).rawValue } }
            #expect(end(news) == end(news.shuffled(using: &random) + news), "seed \(seed)")
        }
    }

    private static let following: [(String, DeliveryStatus, String)] = [
        ("delivered", .sent, "delivered"), ("sent", .delivered, "delivered"),
        ("delivered", .bounced, "bounced"), ("bounced", .delivered, "bounced"),
        ("failed", .delivered, "delivered"), ("unconfirmed", .sent, "sent"),
        ("skipped", .accepted, "accepted"),
        ("scheduled", .processing, "processing"), ("anything", .failed, "failed"),
    ]

    @Test(arguments: following)
    func `a row follows what is further on`(_ standing: String, _ news: DeliveryStatus, _ end: String) {
        #expect(news.following(standing).rawValue == end)
    }

    @Test(arguments: DeliveryEventKind.allCases)
    func `what a contact does tells that the email has arrived, and nothing of when`(
        _ kind: DeliveryEventKind
    ) {
        if kind.isBehaviour { #expect(kind.status == .delivered || kind.status == nil) }
        #expect(!(kind.isBehaviour && kind.meansSent))
    }
}
