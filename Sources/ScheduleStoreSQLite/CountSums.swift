import GRDB

/// What is to be added to the numbers of `CountSchema`: sums in memory, stored once, in the transaction that has the
/// rows.
struct CountSums {
    /// What `schedule_counts` counts by.
    struct Email: Hashable {
        let type: String
        let status: String
        let skipReason: String
        let date: String
    }

    /// What `state_counts` counts by.
    struct Place: Hashable {
        let state: String
        let exclusion: String
    }

    /// What became of a campaign's email, each 1 or 0 in the order of `CountSchema.fates`.
    struct Fate {
        let instanceID: Int64
        let counts: [Int]

        /// Gives it for the id of an email; nothing for one that is of no campaign.
        static let selection =
            "SELECT campaign_instance_id, \(CountSchema.fates.joined(separator: ", ")) FROM campaign_emails WHERE id = ?"

        /// What has become of an email so far.
        ///
        /// - Parameter statement: That of `selection`.
        init?(ofEmail id: Int64, _ statement: RawStatement) throws {
            statement.bind(1, id)
            defer { statement.reset() }
            guard try statement.step() else { return nil }
            instanceID = statement.integer(0)
            counts = CountSchema.fates.indices.map { Int(statement.integer(Int32($0) + 1)) }
        }
    }

    var emails: [Email: Int] = [:]
    var places: [Place: Int] = [:]
    /// By instance, in the order of `CountSchema.fates`.
    var campaigns: [Int64: [Int]] = [:]

    /// Nothing has become of an email.
    static let noFate = [Int](repeating: 0, count: CountSchema.fates.count)

    /// Adds what became of an email, or takes it off.
    mutating func add(_ fate: Fate, _ sign: Int) {
        let sum = campaigns[fate.instanceID] ?? CountSums.noFate
        campaigns[fate.instanceID] = zip(sum, fate.counts).map { $0 + sign * $1 }
    }

    /// Stores the sums.
    func store(_ database: Database) throws {
        let email = try RawStatement(
            """
            INSERT INTO schedule_counts VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET count = count + excluded.count
            """, database)
        for (key, count) in emails where count != 0 {
            email.bind(1, key.type)
            email.bind(2, key.status)
            email.bind(3, key.skipReason)
            email.bind(4, key.date)
            email.bind(5, Int64(count))
            try email.run()
        }
        let place = try RawStatement(
            """
            INSERT INTO state_counts VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET count = count + excluded.count
            """, database)
        for (key, count) in places where count != 0 {
            place.bind(1, key.state)
            place.bind(2, key.exclusion)
            place.bind(3, Int64(count))
            try place.run()
        }
        let campaign = try RawStatement(
            """
            INSERT INTO campaign_counts VALUES (?\(String(repeating: ", ?", count: CountSchema.fates.count)))
            ON CONFLICT DO UPDATE SET
                \(CountSchema.fates.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", "))
            """, database)
        for (instanceID, counts) in campaigns {
            campaign.bind(1, instanceID)
            for (position, count) in counts.enumerated() { campaign.bind(Int32(position) + 2, Int64(count)) }
            try campaign.run()
        }
    }
}
