/// What holds for a whole run: its date, the policy, the campaigns, and the texts that it can write. Made
/// once when the run starts; store and rules share it.
public final class RunCatalog: Sendable {
    /// The date the run decides for.
    public let today: CivilDate
    /// The year of that date.
    let year: Int
    /// The rules' numbers.
    public let policy: SchedulingPolicy
    /// Its caps and limits, apart, so that reading one copies no text.
    let load: SchedulingPolicy.LoadBalancing
    /// The organisation's clock.
    public let zone: ZoneOffsets
    /// States and ZIP codes.
    public let zipTable: ZIPTable
    /// Contacts of the organisation, valid or not: the basis of the caps.
    public let totalContacts: Int
    /// Whether kept dates are forgotten and everything is balanced anew (SPEC 1).
    public let replans: Bool
    /// Campaign instances by row id, with the position of their type in `campaignTypes`.
    public let instances: [Int64: (instance: CampaignInstance, type: EmailType, templates: TemplateSymbols)]
    /// Active instances whose type targets every contact, by row id.
    let instancesForEveryone: [Int64]
    /// Every campaign type that an instance or a stored row can name.
    let campaignTypes: [CampaignType]
    /// Templates of the types with a fixed name.
    let templates: [TemplateSymbols]
    /// `scheduled_send_time` of every row.
    let sendTime: Symbol
    /// Exclusion windows by index of the state.
    private let stateWindows: [[WindowTerms]]
    /// The email types that come round every year.
    let timingRules: [TimingRule]
    /// The annual enrolment dates.
    let enrolmentDates: [Anniversary]
    /// For each timing rule and each day of the year the first open occurrence, counting years from last year upwards.
    private let openOccurrences: [[Occurrence?]]
    private let campaignTypeNames: [String]
    private let symbols: SymbolTable
    private let typeCodes: [UInt64: EmailType]

    /// The two templates of a type or instance.
    public struct TemplateSymbols: Hashable, Sendable {
        var email = Symbol.null
        var sms = Symbol.null
    }

    /// What the store knows when a run starts.
    public struct Facts: Sendable {
        /// Contacts of the organisation, valid or not.
        public var totalContacts: Int
        /// Rows of `campaign_types`; they replace the policy's types of the same name.
        public var campaignTypes: [CampaignType]
        /// Rows of `campaign_instances`.
        public var instances: [CampaignInstance]

        /// The facts of an organisation.
        public init(
            totalContacts: Int, campaignTypes: [CampaignType] = [], instances: [CampaignInstance] = []
        ) {
            self.totalContacts = totalContacts
            self.campaignTypes = campaignTypes
            self.instances = instances
        }
    }

    /// Everything a run on a date needs beside the contacts.
    public init(
        today: CivilDate, policy: SchedulingPolicy, facts: Facts, zone: ZoneOffsets = ZoneOffsets(),
        zipTable: ZIPTable = .bundled, replans: Bool = false
    ) {
        self.today = today
        year = today.year
        self.policy = policy
        load = policy.load
        self.zone = zone
        self.zipTable = zipTable
        self.totalContacts = facts.totalContacts
        self.replans = replans

        var symbols = SymbolTable()
        func enter(_ pair: TemplatePair?) -> TemplateSymbols {
            TemplateSymbols(email: symbols.insert(pair?.email), sms: symbols.insert(pair?.sms))
        }
        sendTime = symbols.insert(policy.timing.sendTime)
        templates = EmailType.fixedNames.map { enter(policy.templates[$0]) }

        var byName = policy.campaignTypes
        for type in facts.campaignTypes { byName[type.name] = type }
        let maximum = Int(UInt16.max - EmailType.firstCampaign)
        campaignTypes = byName.values.sorted { $0.name < $1.name }.prefix(maximum).map { $0 }
        var typesByName: [String: EmailType] = [:]
        var typeCodes: [UInt64: EmailType] = [:]
        for (code, name) in EmailType.fixedNames.enumerated() {
            typeCodes[FNVHash(name).value] = EmailType(code: UInt16(code))
        }
        for (index, type) in campaignTypes.enumerated() {
            let code = EmailType(code: EmailType.firstCampaign + UInt16(index))
            typesByName[type.name] = code
            typeCodes[FNVHash("campaign_\(type.name)").value] = code
        }
        self.typeCodes = typeCodes

        var instances: [Int64: (instance: CampaignInstance, type: EmailType, templates: TemplateSymbols)] =
            [:]
        for instance in facts.instances {
            guard let type = typesByName[instance.typeName] else { continue }
            instances[instance.id] = (instance, type, enter(instance.templates))
        }
        self.instances = instances
        let types = campaignTypes
        instancesForEveryone = instances.values.filter { entry in
            guard let index = entry.type.campaignIndex else { return false }
            return types[index].targetsAllContacts && types[index].isActive
                && entry.instance.isActive(on: today)
        }.map(\.instance.id).sorted()

        let rules = policy.timingRules
        timingRules = rules
        let years = ((today.year - 1)...(today.year + 3)).clamped(to: CivilDate.years)
        openOccurrences = rules.map { rule in
            Anniversary.all.map { anniversary in
                years.lazy.map { rule.occurrence(of: anniversary, in: $0) }.first { $0.deadline >= today }
            }
        }
        enrolmentDates = policy.aep.dates.map { Anniversary(month: $0.month, day: $0.day) }
        campaignTypeNames = campaignTypes.map { "campaign_\($0.name)" }
        var stateWindows = [[WindowTerms]](repeating: [], count: StateCode.count)
        for (code, rule) in policy.stateRules {
            if let state = StateCode(code) {
                stateWindows[Int(state.index)] = rule.windows.map(WindowTerms.init)
            }
        }
        self.stateWindows = stateWindows
        self.symbols = symbols
    }

    /// The type with a name; one of the unknown types where the run never writes that name.
    public func emailType(named name: Span<UInt8>) -> EmailType {
        if let type = typeCodes[name.fnvHash], self.name(of: type, equals: name) { return type }
        if name.count > 9, name.extracting(0..<9).equals("campaign_") { return .unknownCampaign }
        if name.count > 9, name.extracting(0..<9).equals("followup_") { return .unknownFollowup }
        return .unknown
    }

    /// The name of a type: column `email_type`.
    public func name(of type: EmailType) -> String {
        if let index = type.campaignIndex { return campaignTypeNames[index] }
        return Int(type.code) < EmailType.fixedNames.count ? EmailType.fixedNames[Int(type.code)] : "unknown"
    }

    private func name(of type: EmailType, equals text: Span<UInt8>) -> Bool {
        text.equals(self.name(of: type))
    }

    /// The symbol of a column's text.
    public func symbol(of text: Span<UInt8>) -> Symbol { symbols.symbol(of: text) }

    /// The text of a symbol that the run writes, nil for null.
    public func text(of symbol: Symbol) -> String? { symbols.text(of: symbol) }

    /// Whether the type of an instance targets every contact.
    public func targetsEveryone(instance: Int64) -> Bool {
        guard let type = instances[instance]?.type.campaignIndex else { return false }
        return campaignTypes[type].targetsAllContacts
    }

    /// The dates on which a contact may not be mailed.
    public func exclusions(of contact: Contact) -> ContactExclusions {
        ContactExclusions(
            contact: contact, windows: contact.state.map { stateWindows[Int($0.index)] } ?? [],
            missingAnchor: policy.missingAnchor)
    }

    /// The first open occurrence of an anniversary, counting years from last year upwards (SPEC 4).
    @inline(__always)
    func openOccurrence(rule index: Int, of anniversary: Anniversary) -> Occurrence? {
        openOccurrences[index][anniversary.dayOfYear]
    }

    /// The windows of a state, as the configuration gives them.
    func windows(of state: StateCode) -> [ExclusionWindow] {
        policy.stateRules.first { StateCode($0.key) == state }?.value.windows ?? []
    }

    /// The campaign type behind a type, nil for types that are no campaign or not known.
    func campaignType(_ type: EmailType) -> CampaignType? {
        type.campaignIndex.map { campaignTypes[$0] }
    }
}
