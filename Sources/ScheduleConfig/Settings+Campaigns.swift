import SchedulingCore

extension Settings {
    /// Reads section `campaign_types`: a type that the file names keeps its defaults where it says nothing; a
    /// new one has those of a row whose columns are null.
    mutating func readCampaignTypes(_ file: inout SectionReader) {
        let section = SectionReader(
            file.reader, path: "campaign_types", pattern: "campaign_types",
            value: file.value("campaign_types"))
        guard section.entries.count <= Settings.maximumCampaignTypes else {
            section.reader.report(
                section.entries[0].mark, section.path, found: "\(section.entries.count) campaign types",
                expected: "at most \(Settings.maximumCampaignTypes)")
            return
        }
        let chosen = section.entries.map(\.name).filter { policy.campaignTypes[$0] == nil }
        var tree: [SettingsValue.Entry] = []
        for name in policy.campaignTypes.keys.sorted() + chosen {
            let entry = section.entries.first { $0.name == name }
            if let entry, !Settings.isTypeName(name) {
                section.reader.report(
                    entry.mark, section.path(of: name), found: "the name \(YAMLValue.quote(name))",
                    expected: "1 to 64 letters, digits, hyphens and underscores")
                continue
            }
            var type = policy.campaignTypes[name] ?? CampaignType(name: name)
            var reader = SectionReader(
                section.reader, path: section.path(of: name), pattern: "campaign_types.*", value: entry?.value
            )
            Settings.readCampaignType(&reader, into: &type)
            reader.finish()
            policy.campaignTypes[name] = type
            tree.append(SettingsValue.Entry(key: name, value: .map(reader.tree)))
        }
        file.add("campaign_types", .map(tree))
    }

    /// How many campaign types a file may name.
    static let maximumCampaignTypes = 1_000

    private static func readCampaignType(_ section: inout SectionReader, into type: inout CampaignType) {
        section.read("respect_exclusion_windows", .boolean, into: &type.respectsExclusionWindows)
        section.read("enable_followups", .boolean, into: &type.enablesFollowups)
        section.read("days_before_event", Settings.daysBefore, into: &type.daysBeforeEvent)
        section.read("target_all_contacts", .boolean, into: &type.targetsAllContacts)
        section.read("priority", Settings.priority, into: &type.priority)
        section.read("active", .boolean, into: &type.isActive)
        section.read("respect_frequency_limits", .boolean, into: &type.respectsFrequencyLimits)
    }

    private static func isTypeName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-")
            }
    }

    /// Reads section `email_templates`: by email type the name of its email template, or both names.
    mutating func readTemplates(_ file: inout SectionReader) {
        file.section("email_templates") { section in
            for type in TemplatePair.defaults.keys.sorted() {
                var pair = policy.templates[type] ?? TemplatePair(email: nil)
                if let value = section.value(type) {
                    Settings.readTemplates(value, section, type, into: &pair)
                }
                policy.templates[type] = pair
                section.add(
                    type,
                    .map([
                        SettingsValue.Entry(key: "email", value: pair.email.map { .text($0) } ?? .null),
                        SettingsValue.Entry(key: "sms", value: pair.sms.map { .text($0) } ?? .null),
                    ]))
            }
        }
    }

    /// Reads a name alone, or `email` and `sms`, where null takes the template away.
    private static func readTemplates(
        _ value: YAMLValue, _ section: SectionReader, _ type: String, into pair: inout TemplatePair
    ) {
        let name = SettingsScalar<String>.text("the name of a template")
        if case .scalar(let text, let isPlain) = value.content {
            if let parsed = name.parse(text, isPlain) {
                pair.email = parsed
            } else {
                section.reader.report(
                    value.mark, section.path(of: type), found: value.found, expected: name.expected)
            }
            return
        }
        var reader = SectionReader(
            section.reader, path: section.path(of: type), pattern: "email_templates.*", value: value,
            expected: "the name of a template, or a mapping of email and sms")
        for entry in reader.entries {
            guard case .null = entry.value.content else { continue }
            if entry.name == "email" { pair.email = nil }
            if entry.name == "sms" { pair.sms = nil }
        }
        reader.read("email", name, into: &pair.email)
        reader.read("sms", name, into: &pair.sms)
        reader.finish()
    }
}
