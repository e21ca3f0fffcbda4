import SchedulingCore

/// Where SPEC 4, 6 and 7 let an email go, before the daily cap.
enum Aim {
    /// Skipped, on a date.
    case skipped(String, CivilDate)
    /// Planned for a date, and by the cap moved to the latest date at most.
    case planned(CivilDate, latest: CivilDate)

    /// - Parameters:
    ///   - isCrowded: Whether more effective-date emails share an ideal date than are left there.
    init(
        _ email: DueEmail, _ reading: DueReading, replans: Bool, isCrowded: (CivilDate) -> Bool
    ) {
        let today = reading.today
        let facts = reading.facts
        func exclusion(_ date: CivilDate) -> String? {
            email.respectsWindows ? facts.exclusion(on: date) : nil
        }
        func isAllowed(_ date: CivilDate) -> Bool { email.isDue(by: date) && exclusion(date) == nil }
        func choose(_ dates: ClosedRange<CivilDate>, _ text: String) -> CivilDate? {
            let candidates = dates.filter(isAllowed)
            return candidates.isEmpty ? nil : candidates[Int(Self.hash(text) % UInt64(candidates.count))]
        }

        if reading.isSuppressed {
            self = .skipped("suppressed", email.ideal)
            return
        }
        if let reason = exclusion(email.ideal) {
            self = .skipped(reason, email.ideal)
            return
        }
        if email.isCampaign, !email.isDue(by: email.ideal) {
            self = .skipped("outside_campaign_dates", email.ideal)
            return
        }
        let kept = replans ? nil : Self.keptDate(email, reading, isAllowed)
        if let kept {
            self = .planned(kept, latest: kept)
            return
        }
        if email.isDated, email.ideal < today - 30 {
            self = .skipped("expired", email.ideal)
            return
        }
        var planned = email.ideal
        if email.type == "effective_date", isCrowded(email.ideal) {
            let text = "\(email.contact)_effective_date_\(email.event.year)"
            planned = choose((email.ideal - 2)...(email.ideal + 2), text) ?? email.ideal
        }
        var target = planned
        if planned < today {
            let text = "\(email.contact)_\(email.type)_\(email.instance ?? 0)_\(email.event)_catchup"
            guard let date = choose((today + 1)...(today + 7), text) ?? choose(today...today, text) else {
                self = .skipped(exclusion(today + 1) ?? "expired", planned)
                return
            }
            target = date
        }
        let limit = email.deadline ?? target + 400
        var latest = target
        while latest < limit, exclusion(latest + 1) == nil { latest = latest + 1 }
        self = .planned(target, latest: latest)
    }

    /// The date that an earlier run planned, where nothing about the email has changed (SPEC 7.1).
    private static func keptDate(
        _ email: DueEmail, _ reading: DueReading, _ isAllowed: (CivilDate) -> Bool
    ) -> CivilDate? {
        let plans = reading.snapshot.emails(of: email.contact).filter { row in
            reading.snapshot.identity(of: row) == email.identity && row.date >= reading.today
                && (row.isPlanned
                    || (row.status == "skipped"
                        && ["campaign_conflict", "frequency_limit"].contains(row.reason)))
        }
        return plans.first { $0.ideal == email.ideal && isAllowed($0.date) }?.date
    }

    /// FNV-1a, 64 bits (SPEC 5).
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }
}
