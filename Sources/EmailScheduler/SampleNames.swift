/// The words that sample contacts are made of.
enum SampleNames {
    /// A name as it is written, and in an e-mail address.
    struct Name: Sendable {
        let written: [UInt8]
        let plain: [UInt8]

        init(_ written: String, _ plain: String? = nil) {
            self.written = Array(written.utf8)
            self.plain = Array((plain ?? written).lowercased().utf8)
        }
    }

    /// Domains in which nobody gets mail (RFC 2606).
    static let domains = ["example.com", "example.org", "example.net", "mail.example.com"].map {
        Array($0.utf8)
    }

    /// Given names.
    static let first =
        [
            "Mary", "Patricia", "Linda", "Barbara", "Susan", "Carol", "Sandra", "Sharon", "Donna", "Judith",
            "Betty", "Karen", "Nancy", "Margaret", "Dorothy", "Shirley", "Janet", "Joyce", "Kathleen",
            "Diane",
            "James", "Robert", "John", "William", "Richard", "David", "Charles", "Thomas", "Michael",
            "Ronald",
            "Larry", "Donald", "Joseph", "Gary", "George", "Kenneth", "Paul", "Edward", "Jerry", "Dennis",
        ].map { Name($0) }
        + [
            Name("José", "jose"), Name("María", "maria"), Name("Zoë", "zoe"), Name("Renée", "renee"),
            Name("Anne-Marie"), Name("Søren", "soren"),
        ]

    /// Family names.
    static let last =
        [
            "Smith", "Johnson", "Williams", "Brown", "Jones", "Garcia", "Miller", "Davis", "Rodriguez",
            "Martinez", "Hernandez", "Lopez", "Gonzalez", "Wilson", "Anderson", "Thomas", "Taylor", "Moore",
            "Jackson", "Martin", "Lee", "Perez", "Thompson", "White", "Harris", "Sanchez", "Clark", "Ramirez",
            "Lewis", "Robinson", "Walker", "Young", "Allen", "King", "Wright", "Scott", "Torres", "Nguyen",
            "Hill", "Flores", "Green", "Adams", "Nelson", "Baker", "Hall", "Rivera", "Campbell", "Mitchell",
        ].map { Name($0) }
        + [
            Name("Nuñez", "nunez"), Name("O'Brien", "obrien"), Name("Müller", "mueller"),
            Name("Peña", "pena"),
            Name("St. John", "stjohn"), Name("Smith-Jones"),
        ]

    /// Inhabitants in thousands at the census of 2020.
    static let populations: [(String, Int)] = [
        ("CA", 39_538), ("TX", 29_146), ("FL", 21_538), ("NY", 20_201), ("PA", 13_003), ("IL", 12_813),
        ("OH", 11_799), ("GA", 10_712), ("NC", 10_439), ("MI", 10_077), ("NJ", 9_289), ("VA", 8_631),
        ("WA", 7_705), ("AZ", 7_152), ("MA", 7_030), ("TN", 6_911), ("IN", 6_786), ("MD", 6_177),
        ("MO", 6_155), ("WI", 5_894), ("CO", 5_774), ("MN", 5_706), ("SC", 5_118), ("AL", 5_024),
        ("LA", 4_658), ("KY", 4_506), ("OR", 4_237), ("OK", 3_959), ("CT", 3_606), ("PR", 3_286),
        ("UT", 3_272), ("IA", 3_190), ("NV", 3_105), ("AR", 3_012), ("MS", 2_961), ("KS", 2_938),
        ("NM", 2_118), ("NE", 1_962), ("ID", 1_839), ("WV", 1_794), ("HI", 1_455), ("NH", 1_378),
        ("ME", 1_362), ("RI", 1_097), ("MT", 1_084), ("DE", 990), ("SD", 887), ("ND", 779), ("AK", 733),
        ("DC", 690), ("VT", 643), ("WY", 577),
    ]
}
