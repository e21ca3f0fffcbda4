#!/usr/bin/env python3
"""A second reading of the scheduling rules, written for literal correctness, not for speed, and independent of the
engine: end-to-end tests hold the engine's rows against it, field by field.

Functions are named after the sections of the rules that they implement and cite them (S3 = section 3).
"""
import argparse
import copy
import csv
import json
import re
import sqlite3
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ONE = timedelta(days=1)
EPS = 1e-9
ZIP_TABLE = Path(__file__).parents[3] / "Sources/SchedulingCore/Resources/zip_state_ranges.csv"

# ---------------------------------------------------------------- S13 defaults


def _w(kind, before=0, after=0, month_start=False):
    return {"type": kind, "window_before_days": before, "window_after_days": after, "use_month_start": month_start}


DEFAULTS = {
    "timing_constants": {
        "send_time": "08:30:00", "birthday_email_days_before": 14, "effective_date_days_before": 30,
        "pre_window_exclusion_days": 60, "followup_days_after": 2, "followup_lookback_days": 35,
        "post_window_grace_days": 7, "campaign_max_overdue_days": 30,
    },
    "aep_config": {"default_dates": [{"month": 9, "day": 15}], "send_within_days": 30},
    "load_balancing": {
        "daily_send_percentage_cap": 0.07, "ed_daily_soft_limit": 15, "ed_smoothing_window_days": 5,
        "catch_up_spread_days": 7, "overage_threshold": 1.2,
        "max_emails_per_contact_per_period": 2, "period_days": 14,
    },
    "processing": {"batch_size": 10000},
    "priorities": {"aep": 3, "birthday": 5, "effective_date": 5, "post_window": 8},
    "time_zone": "America/Chicago",
    "missing_anchor": "allow",
    "features": {"enable_sms": False},
    "state_rules": {
        "CA": [_w("birthday_window", 30, 60)], "ID": [_w("birthday_window", 0, 63)],
        "KY": [_w("birthday_window", 0, 60)], "MD": [_w("birthday_window", 0, 30)],
        "NV": [_w("birthday_window", 0, 60, True)], "OK": [_w("birthday_window", 0, 60)],
        "OR": [_w("birthday_window", 0, 31)], "VA": [_w("birthday_window", 0, 30)],
        "MO": [_w("effective_date_window", 30, 33)],
        "CT": [_w("year_round")], "MA": [_w("year_round")], "NY": [_w("year_round")], "WA": [_w("year_round")],
    },
    "campaign_types": {
        n: dict(respect_exclusion_windows=r, enable_followups=f, days_before_event=d, target_all_contacts=t,
                priority=p, respect_frequency_limits=(n != "regulatory_notice"), active=True)
        for n, r, f, d, t, p in [
            ("rate_increase", True, True, 14, False, 1), ("seasonal_promo", True, True, 7, False, 5),
            ("initial_blast", False, False, 0, True, 10), ("regulatory_notice", False, False, 0, False, 1),
            ("policy_update", True, True, 5, True, 3)]
    },
}
WINDOW_KINDS = ("birthday_window", "effective_date_window", "year_round")

# S3: fixed order of reasons
REASONS = ["suppressed", "year_round_exclusion", "birthday_window", "effective_date_window", "age_76_plus",
           "missing_anchor", "outside_campaign_dates", "campaign_conflict", "frequency_limit", "expired"]
EXCLUSION_REASONS = REASONS[1:6]
UNCOMMITTED = ("pre-scheduled", "skipped")
WILL_BE_SENT = ("scheduled", "processing", "accepted", "sent", "delivered")  # S9
TYPE_RANK = {"birthday": 0, "effective_date": 1, "aep": 2, "post_window": 3}  # S5; campaign 4, follow-up 5
ANNIVERSARY = ("birthday", "effective_date", "aep")


def is_campaign(t):
    return t is not None and t.startswith("campaign_")


def is_followup(t):
    return t is not None and t.startswith("followup_")


def type_rank(t):
    return TYPE_RANK.get(t, 5 if is_followup(t) else 4)


def first_reason(reasons):
    """S3: where several hold, the first in the fixed order."""
    found = [r for r in reasons if r]
    return min(found, key=REASONS.index) if found else None


# ---------------------------------------------------------------- dates


def parse_date(s):
    """S1: real YYYY-MM-DD text, else None."""
    if not isinstance(s, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", s):
        return None
    try:
        return date(int(s[:4]), int(s[5:7]), int(s[8:]))
    except ValueError:
        return None


def anniversary(d, year):
    """S1: a 29 February anniversary is 28 February in a common year."""
    return on_day(year, d.month, d.day)


def on_day(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        if month == 2 and day == 29:
            return date(year, 2, 28)
        raise


MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
                    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?\s*(Z|z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?)?")


def parse_moment(s, zone):
    """S1: text with a zone is brought to the org's zone, text without is taken as it stands. Naive local time."""
    if not isinstance(s, str):
        return None
    m = MOMENT.fullmatch(s.strip())
    if not m:
        return None
    d = parse_date(m.group(1))
    if d is None:
        return None
    try:
        micro = int((m.group(5) or "0")[:6].ljust(6, "0"))
        t = datetime(d.year, d.month, d.day, int(m.group(2) or 0), int(m.group(3) or 0), int(m.group(4) or 0), micro)
    except ValueError:
        return None
    z = m.group(6)
    if not z:
        return t
    if z in ("Z", "z", "UTC"):
        offset = timedelta(0)
    else:
        digits = z[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        if z[0] == "-":
            offset = -offset
    utc = (t - offset).replace(tzinfo=ZoneInfo("UTC"))
    return utc.astimezone(zone).replace(tzinfo=None)


# ---------------------------------------------------------------- S5 hash


def H(s):
    """S5: FNV-1a, 64 bits, over UTF-8."""
    h = 14695981039346656037
    for b in s.encode("utf-8"):
        h = ((h ^ b) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return h


# ---------------------------------------------------------------- input


def deep_merge(base, over):
    out = copy.deepcopy(base)
    for k, v in over.items():
        if k == "state_rules":
            out[k] = {**out[k], **{s.upper(): r for s, r in v.items()}}
        elif isinstance(v, dict) and isinstance(out.get(k), dict):
            out[k] = deep_merge(out[k], v)
        else:
            out[k] = v
    return out


def normal_windows(rule, missing_x):
    """One state's rule -> list of windows. Accepts a list of windows (key type/rule_type/kind/window), a single such
    object, or an object keyed by window kind; settings beside the kinds are the rule's and go down to its windows."""
    windows = []
    if rule is None:
        return windows
    if isinstance(rule, str):
        rule = {"type": rule}
    if isinstance(rule, list):
        for r in rule:
            windows += normal_windows(r, missing_x)
        return windows
    common = {k: rule[k] for k in ("window_before_days", "window_after_days", "use_month_start",
                                   "pre_window_extension_days", "age_76_plus", "effective_from", "effective_until")
              if k in rule}
    if "windows" in rule:
        for r in rule["windows"]:
            windows += normal_windows({**common, **r}, missing_x)
        return windows
    kind = next((rule[k] for k in ("type", "rule_type", "kind", "window") if k in rule), None)
    found = [(kind, common)] if kind else []
    for k in WINDOW_KINDS:
        if k in rule and rule[k] not in (None, False):
            found.append((k, {**common, **(rule[k] if isinstance(rule[k], dict) else {})}))
    if not found and common.get("age_76_plus"):
        found.append((None, common))
    for k, settings in found:
        x = settings.get("pre_window_extension_days")
        windows.append({
            "kind": k, "b": int(settings.get("window_before_days") or 0), "a": int(settings.get("window_after_days") or 0),
            "x": missing_x if x is None else int(x), "month_start": bool(settings.get("use_month_start")),
            "age76": bool(settings.get("age_76_plus")),
            "from": parse_date(settings.get("effective_from")), "until": parse_date(settings.get("effective_until")),
        })
    return windows


def open_ro(path):
    """Read-only, honouring a WAL file if one can be read; immutable for read-only folders."""
    try:
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        db.execute("select count(*) from sqlite_master").fetchone()
        return db
    except sqlite3.OperationalError:
        return sqlite3.connect(f"file:{path}?immutable=1", uri=True)


def read_table(db, name, columns):
    """All rows as dicts having every wanted column; a missing table has no rows, a missing column is None."""
    have = [r[1] for r in db.execute(f'pragma table_info("{name}")')]
    if not have:
        return []
    lower = {h.lower(): h for h in have}
    select = ", ".join(f'"{lower[c]}"' if c in lower else "null" for c in columns)
    return [dict(zip(columns, r)) for r in db.execute(f'select {select} from "{name}"')]


SCHEDULE_COLUMNS = ["id", "contact_id", "email_type", "scheduled_send_date", "scheduled_send_time", "status",
                    "skip_reason", "priority", "campaign_instance_id", "email_template", "sms_template",
                    "scheduler_run_id", "event_year", "event_month", "event_day", "actual_send_datetime", "metadata",
                    "created_at", "updated_at", "ideal_send_date", "initial_schedule_id"]


def text(v):
    return None if v is None else str(v)


class Contact:
    pass


class Email:
    """One email a run decides. status None = not skipped (yet)."""

    def __init__(self, **kw):
        self.instance = None
        self.skip = None
        self.target = self.latest = self.final = None
        self.deadline = None
        self.obeys_windows = True
        self.obeys_frequency = True
        self.date = None
        self.ideal = None
        self.initial = None
        self.explicit = []
        self.meta = None
        self.template = self.sms = None
        self.__dict__.update(kw)

    def tie(self):
        """S5: (type rank, instance id, event date, contact id)."""
        return (type_rank(self.type), self.instance or 0, self.event, self.contact.id)


class Run:
    def __init__(self, db, today, config=None, replan=False, zip_table=ZIP_TABLE,
                 decide=True):
        self.cfg = deep_merge(DEFAULTS, config or {})
        self.today = today
        self.replan = replan
        self.zone = ZoneInfo(self.cfg["time_zone"])
        self.t = self.cfg["timing_constants"]
        self.lb = self.cfg["load_balancing"]
        self.spread = max(1, int(self.lb["catch_up_spread_days"]))  # S13 "(at least 1)"
        self.rules = {s: normal_windows(r, int(self.t["pre_window_exclusion_days"]))
                      for s, r in self.cfg["state_rules"].items()}
        with open(zip_table, newline="") as f:
            self.zip_ranges = [(int(r["first_zip"]), int(r["last_zip"]), r["state"]) for r in csv.DictReader(f)]
        self.zip_states = {s for _, _, s in self.zip_ranges}
        self.read(db)
        if decide:
            self.decide()

    # ------------------------------------------------------------ reading

    def read(self, db):
        self.raw_contacts = sorted(read_table(db, "contacts", ["id", "email", "zip_code", "state", "birth_date",
                                                               "effective_date", "phone_number"]), key=lambda r: r["id"])
        self.total_contacts = len(self.raw_contacts)  # S6: all contacts of the org
        self.read_campaigns(db)
        self.suppressed, self.sms_suppressed = set(), set()
        for r in read_table(db, "suppressions", ["contact_id", "channel"]):
            if r["channel"] in (None, "", "email", "all"):  # S2
                self.suppressed.add(r["contact_id"])
            if r["channel"] in (None, "", "sms", "all"):
                self.sms_suppressed.add(r["contact_id"])
        self.clicks = read_table(db, "tracking_clicks", ["contact_id", "tracking_id", "schedule_id", "clicked_at"])
        self.events = read_table(db, "contact_events", ["contact_id", "event_type", "metadata", "created_at"])
        self.rows = sorted(read_table(db, "email_schedules", SCHEDULE_COLUMNS), key=lambda r: r["id"])
        self.row_by_id = {r["id"]: r for r in self.rows}
        for r in self.rows:
            self.enrich(r)
        self.resolve_identities()

    def read_campaigns(self, db):
        self.types = {n: dict(t) for n, t in self.cfg["campaign_types"].items()}
        for r in read_table(db, "campaign_types", ["name", "respect_exclusion_windows", "enable_followups",
                                                   "days_before_event", "target_all_contacts", "priority", "active",
                                                   "respect_frequency_limits"]):
            def flag(key, default):
                return default if r[key] is None else bool(r[key])
            self.types[r["name"]] = {
                "respect_exclusion_windows": flag("respect_exclusion_windows", True),
                "enable_followups": flag("enable_followups", True),
                "days_before_event": 0 if r["days_before_event"] is None else int(r["days_before_event"]),
                "target_all_contacts": flag("target_all_contacts", False),
                "priority": 10 if r["priority"] is None else int(r["priority"]),  # S4: a null priority is 10
                "active": flag("active", True),
                "respect_frequency_limits": flag("respect_frequency_limits", r["name"] != "regulatory_notice"),  # S8
            }
        self.instances = {}
        for r in read_table(db, "campaign_instances", ["id", "campaign_type", "email_template", "sms_template",
                                                       "active_start_date", "active_end_date", "audience"]):
            r["start"] = parse_date(r["active_start_date"])
            r["end"] = parse_date(r["active_end_date"])
            try:
                audience = json.loads(r["audience"]) if r["audience"] not in (None, "") else None
            except ValueError:
                audience = None
            audience = audience if isinstance(audience, list) else None
            r["states"] = {str(s).strip().upper() for s in audience} if audience else None
            self.instances[r["id"]] = r
        self.targets = sorted(read_table(db, "contact_campaigns", ["id", "contact_id", "campaign_instance_id",
                                                                   "trigger_date", "status"]), key=lambda r: r["id"])
        self.given_triggers, self.targets_of = set(), {}
        for r in self.targets:
            r["trigger"] = parse_date(r["trigger_date"])
            if r["trigger"]:
                self.given_triggers.add((r["contact_id"], r["campaign_instance_id"], r["trigger"]))
            self.targets_of.setdefault((r["contact_id"], r["campaign_instance_id"]), []).append(r)

    def type_setting(self, email_type, key, default):
        t = self.types.get(email_type[len("campaign_"):])
        return t[key] if t else default

    def type_obeys_frequency(self, email_type):
        """S8: respect_frequency_limits, false by default only for regulatory_notice."""
        return self.type_setting(email_type, "respect_frequency_limits", email_type != "campaign_regulatory_notice")

    # ------------------------------------------------------------ stored rows (S1, S4)

    def enrich(self, r):
        r["committed"] = r["status"] not in UNCOMMITTED  # S1
        r["date"] = parse_date(r["scheduled_send_date"])
        actual = parse_moment(r["actual_send_datetime"], self.zone)
        # S1 send date
        r["send_date"] = actual.date() if actual else r["date"]
        # S10 moment of the send
        r["moment"] = actual or parse_moment(
            f'{r["scheduled_send_date"]} {r["scheduled_send_time"] or self.t["send_time"]}', self.zone)
        r["event"] = None
        if None not in (r["event_year"], r["event_month"], r["event_day"]):
            try:
                r["event"] = date(int(r["event_year"]), int(r["event_month"]), int(r["event_day"]))
            except ValueError:
                pass

    def days_before(self, email_type):
        return {"birthday": int(self.t["birthday_email_days_before"]),
                "effective_date": int(self.t["effective_date_days_before"]), "aep": 0, "post_window": -1}[email_type]

    def can_have_followups(self, r):
        """S10: sent or delivered, of a type that has follow-ups."""
        if r["status"] not in ("sent", "delivered"):
            return False
        t = r["email_type"]
        return t in TYPE_RANK or (is_campaign(t) and self.type_setting(t, "enable_followups", False))

    def campaign_identity(self, contact_id, email_type, instance, event):
        """S4: the event date as trigger date if a target row (any status) gives it, else none."""
        given = event is not None and (contact_id, instance, event) in self.given_triggers
        return (contact_id, email_type, instance, event if given else None)

    def identity_of_row(self, r):
        """S4 table and the paragraph under it; None = no identity."""
        t, c = r["email_type"], r["contact_id"]
        if is_followup(t):
            initial = r["initial_schedule_id"]
            if initial is None and r["committed"]:
                best = [q for q in self.rows if q["contact_id"] == c and self.can_have_followups(q)
                        and q["send_date"] and r["send_date"] and q["send_date"] <= r["send_date"]]
                initial = max(best, key=lambda q: (q["moment"] or datetime.min, q["id"]))["id"] if best else None
            return None if initial is None else (c, "followup", initial)
        if r["event_year"] is None and not r["committed"]:
            return None
        if is_campaign(t):
            return self.campaign_identity(c, t, r["campaign_instance_id"], r["event"])
        if t not in TYPE_RANK:
            return None
        year = r["event_year"]
        if year is None:
            if r["date"] is None:
                return None
            year = (r["date"] + self.days_before(t) * ONE).year
        return (c, t, int(year))

    def is_final_skip(self, r):
        """S4 Final skips."""
        return (r["status"] == "skipped" and r["date"] is not None and r["date"] < self.today
                and r["skip_reason"] in ("campaign_conflict", "frequency_limit", "expired"))

    def resolve_identities(self):
        self.by_identity = {}          # identity -> stored uncommitted rows
        self.committed_ids = set()     # identities that are, or count as, committed
        self.committed_not_expired = set()  # S4 post-window: expired does not count there
        for r in self.rows:
            r["identity"] = i = self.identity_of_row(r)
            if i is None:
                continue
            if r["committed"]:
                self.committed_ids.add(i)
                self.committed_not_expired.add(i)
                continue
            self.by_identity.setdefault(i, []).append(r)
            if self.is_final_skip(r):
                self.committed_ids.add(i)
                if r["skip_reason"] != "expired":
                    self.committed_not_expired.add(i)
            # S10: an excluded or suppressed follow-up that was skipped counts as committed
            if is_followup(r["email_type"]) and r["status"] == "skipped" and \
                    r["skip_reason"] in EXCLUSION_REASONS + ["suppressed"]:
                self.committed_ids.add(i)
                self.committed_not_expired.add(i)

    def stored(self, identity):
        rows = self.by_identity.get(identity)
        return rows[0] if rows else None

    # ------------------------------------------------------------ S2

    def zip_state(self, five):
        n = int(five)
        return next((s for a, b, s in self.zip_ranges if a <= n <= b), None)

    def s2_contact(self, raw):
        """Returns (reason, None) for an invalid contact, (None, Contact) for a valid one."""
        email = (text(raw["email"]) or "").strip(" ")
        zip_code = (text(raw["zip_code"]) or "").strip(" ")
        if email == "":
            return "missing_email", None
        if email.count("@") != 1 or email.startswith("@") or email.endswith("@") or re.search(r"\s", email):
            return "invalid_email", None
        if zip_code == "":
            return "missing_zip", None
        if not re.fullmatch(r"[0-9]{5}(-[0-9]{4})?", zip_code):
            return "invalid_zip", None
        zip_state = self.zip_state(zip_code[:5])
        if zip_state is None:
            return "invalid_zip", None
        c = Contact()
        for attribute, column in (("birth", "birth_date"), ("effective", "effective_date")):
            value = raw[column]
            parsed = None
            if value not in (None, ""):
                parsed = parse_date(value)
                if parsed is None or (column == "birth_date" and parsed > self.today):
                    return "invalid_date", None
            setattr(c, attribute, parsed)
        own = (text(raw["state"]) or "").strip(" ").upper()
        c.id = raw["id"]
        c.state = own if len(own) == 2 and own in self.zip_states else zip_state
        c.mismatch = c.state != zip_state
        c.suppressed = c.id in self.suppressed
        c.phone = (text(raw["phone_number"]) or "").strip(" ") != ""
        c.cache = {}
        return None, c

    # ------------------------------------------------------------ S3

    def s3_reason(self, c, d):
        """The reason that excludes date d for the contact, or None."""
        if d not in c.cache:
            c.cache[d] = first_reason(self.s3_window(c, w, d) for w in self.rules.get(c.state, []))
        return c.cache[d]

    def s3_window(self, c, w, d):
        if (w["from"] and d < w["from"]) or (w["until"] and d > w["until"]):
            return None
        found = []
        if w["age76"] and c.birth and d >= anniversary(c.birth, c.birth.year + 76):
            found.append("age_76_plus")
        if w["kind"] == "year_round":
            found.append("year_round_exclusion")
        elif w["kind"] in ("birthday_window", "effective_date_window"):
            anchor = c.birth if w["kind"] == "birthday_window" else c.effective
            if anchor is None:
                if self.cfg["missing_anchor"] == "skip":
                    found.append("missing_anchor")
            else:
                for year in range(d.year - 1, d.year + 3):
                    if w["kind"] == "effective_date_window" and year < anchor.year:
                        continue
                    a = anniversary(anchor, year)
                    if w["month_start"]:
                        a = a.replace(day=1)
                    if a - (w["b"] + w["x"]) * ONE <= d <= a + w["a"] * ONE:
                        found.append(w["kind"])
        return first_reason(found)

    def s3_stretch_end(self, c, ideal):
        """Last day of the closed stretch that covers the (excluded) ideal date; None if none within 800 days."""
        d = ideal
        while self.s3_reason(c, d + ONE):
            d += ONE
            if (d - ideal).days > 800:
                return None
        return d

    # ------------------------------------------------------------ S4 anniversaries

    def aep_date(self, c, year):
        """S4 AEP dates."""
        dates = [on_day(year, int(d["month"]), int(d["day"])) for d in self.cfg["aep_config"]["default_dates"]]
        if not dates:
            return None
        first = dates[H(f"{c.id}_aep") % len(dates)]
        if self.s3_reason(c, first) is None:
            return first
        return next((d for d in dates if self.s3_reason(c, d) is None), first)

    def occurrence(self, c, email_type, year):
        """(event, ideal, deadline) of the type's occurrence in that year, or None."""
        if email_type == "aep":
            event = self.aep_date(c, year)
            return None if event is None else (event, event, event + int(self.cfg["aep_config"]["send_within_days"]) * ONE)
        anchor = c.birth if email_type == "birthday" else c.effective
        if anchor is None or (email_type == "effective_date" and year <= anchor.year):
            return None
        event = anniversary(anchor, year)
        ideal = event - self.days_before(email_type) * ONE
        return event, ideal, max(event - ONE, ideal)

    def first_open(self, c, email_type):
        """S4: first occurrence with deadline >= today, counting from year(today) - 1."""
        if (email_type == "birthday" and not c.birth) or (email_type == "effective_date" and not c.effective) or \
                (email_type == "aep" and not self.cfg["aep_config"]["default_dates"]):
            return None
        year = self.today.year - 1
        while True:
            o = self.occurrence(c, email_type, year)
            if o and o[2] >= self.today:
                return (year,) + o
            year += 1
            if year > 9990:  # beyond what dates can hold
                return None

    def new_email(self, c, email_type, event, ideal, deadline, priority, identity, **kw):
        return Email(contact=c, type=email_type, event=event, ideal=ideal, deadline=deadline, priority=priority,
                     identity=identity, **kw)

    def s4_anniversaries(self, c):
        emails = []
        for t in ANNIVERSARY:
            o = c.first_open[t]
            if o is None:
                continue
            _, event, ideal, deadline = o
            identity = (c.id, t, event.year)
            if identity in self.committed_ids:
                continue
            e = self.new_email(c, t, event, ideal, deadline, int(self.cfg["priorities"][t]), identity)
            if c.suppressed:
                e.skip, e.date = "suppressed", ideal
            elif self.s3_reason(c, ideal):
                e.skip, e.date = self.s3_reason(c, ideal), ideal
            emails.append(e)
        return emails

    def s4_post_window(self, c, emitted):
        """S4 Post-window."""
        if c.suppressed:
            return []
        grace = int(self.t["post_window_grace_days"])
        ends = set()
        for t in ANNIVERSARY:
            first = c.first_open[t]
            if first is None:
                continue
            for year in sorted({self.today.year - 1, self.today.year, self.today.year + 1, first[0]}):
                o = self.occurrence(c, t, year)
                if o is None:
                    continue
                event, ideal, deadline = o
                if not self.s3_reason(c, ideal) or (c.id, t, event.year) in self.committed_not_expired:
                    continue
                end = self.s3_stretch_end(c, ideal)
                if end is None:
                    continue
                is_a = year == first[0] and any(e.type == t and e.skip for e in emitted)
                is_b = deadline < self.today and end >= self.today - (1 + grace) * ONE
                if (is_a or is_b) and end + (1 + grace) * ONE >= self.today:
                    ends.add(end)
        emails = []
        for year in sorted({e.year for e in ends}):
            end = min(e for e in ends if e.year == year)
            identity = (c.id, "post_window", year)
            if identity not in self.committed_ids:
                emails.append(self.new_email(c, "post_window", end, end + ONE, end + (1 + grace) * ONE,
                                             int(self.cfg["priorities"]["post_window"]), identity))
        return emails

    # ------------------------------------------------------------ S4 campaigns

    def instance_active(self, i):
        t = self.types.get(i["campaign_type"])
        return bool(t and t["active"] and (not i["start"] or i["start"] <= self.today)
                    and (not i["end"] or self.today <= i["end"]))

    def s4_campaigns(self, c):
        emails = []
        for i in sorted(self.instances.values(), key=lambda i: i["id"]):
            if not self.instance_active(i):
                continue
            t = self.types[i["campaign_type"]]
            explicit = self.targets_of.get((c.id, i["id"]), [])
            by_event = {}  # event date -> (dated?, target rows)
            for r in explicit:
                if r["status"] not in (None, "pending", "scheduled", "skipped"):
                    continue
                event = r["trigger"] or i["start"]
                if event is None:
                    continue
                dated, rows = by_event.get(event, (False, []))
                by_event[event] = (dated or r["trigger"] is not None, rows + [r])
            if not explicit and t["target_all_contacts"] and i["start"] and \
                    (i["states"] is None or c.state in i["states"]):
                by_event[i["start"]] = (False, [])
            for event, (dated, rows) in sorted(by_event.items()):
                emails += self.s4_campaign_email(c, i, t, event, dated, rows)
        return emails

    def s4_campaign_email(self, c, i, t, event, dated, rows):
        email_type = "campaign_" + i["campaign_type"]
        identity = self.campaign_identity(c.id, email_type, i["id"], event)
        if identity in self.committed_ids:
            return []
        ideal = event - (t["days_before_event"] if dated else 0) * ONE
        e = self.new_email(c, email_type, event, ideal, i["end"], t["priority"], identity, instance=i["id"],
                           obeys_windows=t["respect_exclusion_windows"], explicit=rows,
                           obeys_frequency=self.type_obeys_frequency(email_type),
                           template=i["email_template"], sms=i["sms_template"])
        overdue = (dated and self.s7_kept(e) is None
                   and ideal < self.today - int(self.t["campaign_max_overdue_days"]) * ONE)
        e.skip = first_reason(["suppressed" if c.suppressed else None, self.excluded(e, ideal),
                               "outside_campaign_dates" if i["end"] and ideal > i["end"] else None,
                               "expired" if overdue else None])
        e.date = ideal if e.skip else None
        return [e]

    def excluded(self, e, d):
        """S3 for this email: campaigns may ignore windows (S4)."""
        return self.s3_reason(e.contact, d) if e.obeys_windows else None

    # ------------------------------------------------------------ S6

    def s6_smoothing(self, contacts):
        """Planned dates of effective_date emails: {contact id: planned}, only where moved."""
        self.cap = max(1, int(self.lb["daily_send_percentage_cap"] * self.total_contacts + EPS))
        self.limit = max(1, min(int(self.lb["ed_daily_soft_limit"]), int(0.30 * self.cap + EPS)))
        groups = {}
        for c in contacts:
            o = c.first_open["effective_date"]
            if o and not c.suppressed and not self.s3_reason(c, o[2]):
                groups.setdefault(o[2], []).append(c)
        half = (int(self.lb["ed_smoothing_window_days"]) - 1) // 2
        planned = {}
        for ideal, members in groups.items():
            if len(members) <= self.limit:
                continue
            for c in members:
                _, event, _, deadline = c.first_open["effective_date"]
                candidates = [ideal + k * ONE for k in range(-half, half + 1)]
                candidates = [d for d in candidates if not self.s3_reason(c, d) and d <= deadline]
                planned[c.id] = candidates[H(f"{c.id}_effective_date_{event.year}") % len(candidates)]
        return planned

    # ------------------------------------------------------------ S7

    def s7_kept(self, e):
        """S7.1: the kept date or None."""
        if self.replan:
            return None
        for r in self.by_identity.get(e.identity, []):
            if r["date"] is None or r["date"] < self.today:
                continue
            if not (r["status"] == "pre-scheduled" or r["skip_reason"] in ("campaign_conflict", "frequency_limit")):
                continue
            if parse_date(r["ideal_send_date"]) != e.ideal:
                continue
            if self.excluded(e, r["date"]) or (e.deadline and r["date"] > e.deadline):
                continue
            return r["date"]
        return None

    def s7_target(self, e, planned):
        kept = self.s7_kept(e)
        if kept:
            e.target = e.latest = kept
            return
        if planned >= self.today:
            e.target = planned
        else:
            last = self.today + self.spread * ONE
            if e.deadline:
                last = min(last, e.deadline)
            candidates = []
            d = self.today + ONE
            while d <= last:
                if not self.excluded(e, d):
                    candidates.append(d)
                d += ONE
            if not candidates and not self.excluded(e, self.today) and not (e.deadline and self.today > e.deadline):
                candidates = [self.today]
            if not candidates:
                e.skip = self.excluded(e, self.today + ONE) or "expired"
                e.date = planned
                return
            key = f"{e.contact.id}_{e.type}_{e.instance or 0}_{e.event.isoformat()}_catchup"
            e.target = candidates[H(key) % len(candidates)]
        # S1 latest date
        end = e.deadline or e.target + 400 * ONE
        e.latest = e.target
        while e.latest + ONE <= end and not self.excluded(e, e.latest + ONE):
            e.latest += ONE

    # ------------------------------------------------------------ S8

    def s8_daily_cap(self, emails):
        threshold = int(self.cap * self.lb["overage_threshold"] + EPS)
        fixed = {}
        for r in self.rows:
            if r["committed"] and r["status"] != "cancelled" and not is_followup(r["email_type"]) and r["send_date"]:
                fixed[r["send_date"]] = fixed.get(r["send_date"], 0) + 1
        self.over_cap = []
        by_target = {}
        for e in emails:
            by_target.setdefault(e.target, []).append(e)
        waiting = sorted(by_target)
        carried = []
        d = self.today
        while waiting or carried:
            if not carried and waiting[0] > d:
                d = waiting[0]
            pool = carried
            if waiting and waiting[0] == d:
                pool = carried + by_target[waiting.pop(0)]
            f = fixed.get(d, 0)
            if f + len(pool) <= threshold:
                stay, carried = pool, []
            else:
                pinned = [e for e in pool if e.latest == d]
                others = sorted((e for e in pool if e.latest != d),
                                key=lambda e: (e.latest, e.priority, e.target) + e.tie())
                n = max(0, self.cap - f - len(pinned))
                stay, carried = pinned + others[:n], others[n:]
                if pinned and f + len(pinned) > threshold:
                    self.over_cap.append(d.isoformat())
            for e in stay:
                e.final = e.date = d
            d += ONE

    def s8_conflict(self, emails_of, committed_of):
        """S8 Conflict."""
        for cid, emails in emails_of.items():
            campaign = [e for e in emails if not e.skip and is_campaign(e.type) and e.obeys_frequency]
            taken = {r["send_date"] for r in committed_of.get(cid, []) if is_campaign(r["email_type"])
                     and r["status"] in WILL_BE_SENT and self.type_obeys_frequency(r["email_type"])}
            for d in {e.final for e in campaign}:
                same = sorted((e for e in campaign if e.final == d), key=lambda e: (e.priority, e.instance, e.event))
                for e in same if d in taken else same[1:]:
                    e.skip = "campaign_conflict"

    # ------------------------------------------------------------ S9

    def s9_frequency(self, emails_of, committed_of):
        limit = int(self.lb["max_emails_per_contact_per_period"])
        period = int(self.lb["period_days"])
        for cid, emails in emails_of.items():
            dates = [r["send_date"] for r in committed_of.get(cid, []) if r["status"] in WILL_BE_SENT
                     and not is_followup(r["email_type"]) and r["send_date"]]
            for e in sorted((e for e in emails if not e.skip), key=lambda e: (e.priority, e.final) + e.tie()):
                too_many = False
                for k in range(period):  # every window of period_days days that holds the final date
                    start = e.final - k * ONE
                    if sum(start <= d < start + period * ONE for d in dates) + 1 > limit:
                        too_many = True
                if too_many and e.obeys_frequency:
                    e.skip = "frequency_limit"
                else:
                    dates.append(e.final)

    # ------------------------------------------------------------ S10

    def s10_behaviour(self, r):
        """The type of the follow-up of row r, the highest that holds."""
        meta = as_object(r["metadata"])
        tracking = meta.get("tracking_uuid")
        answered = yes = False
        for ev in self.events_of.get(r["contact_id"], []):
            at = parse_moment(ev["created_at"], self.zone)
            if ev["event_type"] != "eligibility_answered" or at is None or r["moment"] is None or at < r["moment"]:
                continue
            answered = True
            m = as_object(ev["metadata"])
            count = m.get("main_questions_yes_count")
            if m.get("has_medical_conditions") is True or \
                    (isinstance(count, (int, float)) and not isinstance(count, bool) and count > 0):
                yes = True
        if yes:
            return "followup_4_hq_with_yes"
        if answered:
            return "followup_3_hq_no_yes"
        for k in self.clicks:
            at = parse_moment(k["clicked_at"], self.zone)
            if at is None or r["moment"] is None or at < r["moment"]:
                continue
            neither = k["schedule_id"] is None and k["tracking_id"] in (None, "")
            if (k["schedule_id"] is not None and k["schedule_id"] == r["id"]) or \
                    (k["contact_id"] == r["contact_id"] and (neither or (
                        k["tracking_id"] not in (None, "") and tracking is not None
                        and str(k["tracking_id"]) == str(tracking)))):
                return "followup_2_clicked_no_hq"
        return "followup_1_cold"

    def s10_followups(self, contacts):
        by_id = {c.id: c for c in contacts}
        self.events_of = {}
        for ev in self.events:
            self.events_of.setdefault(ev["contact_id"], []).append(ev)
        lookback = int(self.t["followup_lookback_days"])
        emails = []
        for r in self.rows:
            c = by_id.get(r["contact_id"])
            if c is None or not self.can_have_followups(r) or r["send_date"] is None:
                continue
            identity = (r["contact_id"], "followup", r["id"])
            if identity in self.committed_ids:
                continue
            existing = self.stored(identity)
            if existing is None and not (self.today - lookback * ONE <= r["send_date"] <= self.today):
                continue
            if existing and existing["status"] == "pre-scheduled" and existing["date"] and existing["date"] >= self.today:
                d = existing["date"]
            else:
                d = r["send_date"] + int(self.t["followup_days_after"]) * ONE
                if d < self.today:
                    d = self.today + (1 + H(f"followup_{r['id']}_catchup") % self.spread) * ONE
            kind = self.s10_behaviour(r)
            e = Email(contact=c, type=kind, event=r["event"], ideal=None, priority=r["priority"], identity=identity,
                      instance=r["campaign_instance_id"], initial=r["id"], date=d,
                      event_fields=(r["event_year"], r["event_month"], r["event_day"]),
                      meta={"initial_schedule_id": r["id"], "initial_email_type": r["email_type"], "followup_behavior": kind})
            e.skip = "suppressed" if c.suppressed else self.s3_reason(c, d)
            emails.append(e)
        return emails

    # ------------------------------------------------------------ the run

    def decide(self):
        self.invalid, contacts, self.mismatches = {}, [], 0
        self.invalid_ids = set()
        for raw in self.raw_contacts:
            reason, c = self.s2_contact(raw)
            if reason:
                self.invalid[reason] = self.invalid.get(reason, 0) + 1
                self.invalid_ids.add(raw["id"])
            else:
                contacts.append(c)
                self.mismatches += c.mismatch
        self.contacts = contacts
        for c in contacts:
            c.first_open = {t: self.first_open(c, t) for t in ANNIVERSARY}
        planned_ed = self.s6_smoothing(contacts)
        emails, emails_of = [], {}
        for c in contacts:
            own = self.s4_anniversaries(c)
            own += self.s4_post_window(c, own)
            own += self.s4_campaigns(c)
            for e in own:
                if not e.skip:
                    planned = planned_ed.get(c.id, e.ideal) if e.type == "effective_date" else e.ideal
                    self.s7_target(e, planned)
            emails += own
            emails_of[c.id] = own
        committed_of = {}
        for r in self.rows:
            if r["committed"]:
                committed_of.setdefault(r["contact_id"], []).append(r)
        self.s8_daily_cap([e for e in emails if not e.skip])
        self.s8_conflict(emails_of, committed_of)
        self.s9_frequency(emails_of, committed_of)
        self.emails = emails + self.s10_followups(contacts)

    # ------------------------------------------------------------ output

    def values(self, e):
        """The columns of a produced row (S4, S11)."""
        if e.initial is not None:
            year, month, day = e.event_fields
        else:
            year, month, day = e.event.year, e.event.month, e.event.day
        templates = (self.cfg.get("templates") or {}).get(e.type) or {}
        email_template, sms_template = e.template, e.sms
        if not is_campaign(e.type):
            email_template = templates.get("email_template", templates.get("email")) if isinstance(templates, dict) else templates
            sms_template = templates.get("sms_template", templates.get("sms")) if isinstance(templates, dict) else None
        if not (self.cfg["features"]["enable_sms"] and e.contact.phone) or e.contact.id in self.sms_suppressed:
            sms_template = None
        return {
            "contact_id": e.contact.id, "email_type": e.type, "scheduled_send_date": e.date.isoformat(),
            "scheduled_send_time": self.t["send_time"], "status": "skipped" if e.skip else "pre-scheduled",
            "skip_reason": e.skip, "priority": e.priority, "campaign_instance_id": e.instance,
            "email_template": email_template, "sms_template": sms_template, "event_year": year, "event_month": month,
            "event_day": day, "ideal_send_date": e.ideal.isoformat() if e.ideal else None,
            "initial_schedule_id": e.initial, "metadata": json.dumps(e.meta) if e.meta else None,
        }

    def produced_lines(self, with_initial=False):
        return sort_lines([line_of(self.values(e), with_initial) for e in self.emails])

    def s11_plan(self):
        """S11: (inserts, updates [(row, values)], deletes, expires, unchanged)."""
        has_templates = "templates" in self.cfg
        inserts, updates, unchanged, matched = [], [], [], set()
        for e in self.emails:
            v = self.values(e)
            r = self.stored(e.identity)
            if r is None:
                inserts.append(v)
                continue
            matched.add(r["id"])
            compared = [k for k in v if k != "metadata"]
            if not has_templates and not is_campaign(e.type):
                # the configuration's templates are not in SPEC: leave what stands
                v["email_template"], v["sms_template"] = r["email_template"], r["sms_template"]
            if all(v[k] == r[k] for k in compared):
                unchanged.append(r)
            else:
                updates.append((r, v))
        deletes, expires = [], []
        for r in self.rows:
            if r["committed"] or r["id"] in matched or r["date"] is None:
                continue
            if r["date"] >= self.today:
                if not (r["status"] == "skipped" and is_followup(r["email_type"])):
                    deletes.append(r)
            elif r["status"] == "pre-scheduled":
                expires.append(r)
        return inserts, updates, deletes, expires, unchanged

    def target_status_changes(self):
        """S4: after a run a target's status is `scheduled` or `skipped` as its row is."""
        out = []
        for e in self.emails:
            for r in e.explicit:
                status = "skipped" if e.skip else "scheduled"
                if r["status"] != status:
                    out.append((status, r["id"]))
        return out


def as_object(s):
    try:
        v = json.loads(s) if isinstance(s, str) else None
    except ValueError:
        v = None
    return v if isinstance(v, dict) else {}


def event_text(v):
    if None in (v["event_year"], v["event_month"], v["event_day"]):
        return None
    return "%04d-%02d-%02d" % (v["event_year"], v["event_month"], v["event_day"])


def line_of(v, with_initial=False):
    """The exact form of examples/*.jsonl."""
    out = {"contact_id": v["contact_id"], "email_type": v["email_type"],
           "campaign_instance_id": v["campaign_instance_id"], "event_date": event_text(v),
           "scheduled_send_date": v["scheduled_send_date"], "status": v["status"], "skip_reason": v["skip_reason"],
           "priority": v["priority"], "ideal_send_date": v["ideal_send_date"]}
    if with_initial:
        out["initial_schedule_id"] = v["initial_schedule_id"]
        out["email_template"] = v["email_template"]
        out["sms_template"] = v["sms_template"]
    return out


def sort_lines(lines):
    """Contact, type, instance (null first), event date (null first), then date, status."""
    return sorted(lines, key=lambda r: (r["contact_id"], r["email_type"],
                                        -1 if r["campaign_instance_id"] is None else r["campaign_instance_id"],
                                        r["event_date"] or "", r["scheduled_send_date"] or "", r["status"] or "",
                                        r.get("initial_schedule_id") or 0))


SCHEDULE_TYPES = {"id": "INTEGER PRIMARY KEY AUTOINCREMENT", "contact_id": "INTEGER", "priority": "INTEGER",
                  "campaign_instance_id": "INTEGER", "scheduler_run_id": "INTEGER", "event_year": "INTEGER",
                  "event_month": "INTEGER", "event_day": "INTEGER", "initial_schedule_id": "INTEGER"}


def apply_run(db, run, plan):
    """S11 on an open, writable database."""
    have = {r[1] for r in db.execute("pragma table_info(email_schedules)")}
    if not have:
        db.execute("create table email_schedules (%s)" % ", ".join(
            f'{c} {SCHEDULE_TYPES.get(c, "TEXT")}' for c in SCHEDULE_COLUMNS))
    else:
        for c in SCHEDULE_COLUMNS:
            if c not in have:
                db.execute(f'alter table email_schedules add column {c} {SCHEDULE_TYPES.get(c, "TEXT")}')
    inserts, updates, deletes, expires, _ = plan
    run_id = 1 + max([int(r["scheduler_run_id"]) for r in run.rows
                      if str(r["scheduler_run_id"] or "").isdigit()] or [0])
    now = run.today.isoformat() + " 00:00:00"
    for r in deletes:
        db.execute("delete from email_schedules where id = ?", (r["id"],))
    for r in expires:
        db.execute("update email_schedules set status='skipped', skip_reason='expired', updated_at=?, "
                   "scheduler_run_id=? where id=?", (now, run_id, r["id"]))
    for r, v in updates:
        keys = [k for k in v if not (k == "metadata" and v[k] is None)]
        db.execute("update email_schedules set %s, updated_at=?, scheduler_run_id=? where id=?"
                   % ", ".join(f"{k}=?" for k in keys), [v[k] for k in keys] + [now, run_id, r["id"]])
    for v in sorted(inserts, key=lambda v: (v["contact_id"], v["email_type"])):
        v = {**v, "created_at": now, "updated_at": now, "scheduler_run_id": run_id}
        db.execute("insert into email_schedules (%s) values (%s)" % (", ".join(v), ", ".join("?" * len(v))),
                   list(v.values()))
    for status, target_id in run.target_status_changes():
        db.execute("update contact_campaigns set status=? where id=?", (status, target_id))
    db.commit()


def table_lines(db):
    """All non-committed rows as they stand."""
    return sort_lines([line_of(r, True) for r in read_table(db, "email_schedules", SCHEDULE_COLUMNS)
                       if r["status"] in UNCOMMITTED])


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--db", required=True)
    p.add_argument("--today", required=True)
    p.add_argument("--config")
    p.add_argument("--replan", action="store_true")
    p.add_argument("--zip-table", default=ZIP_TABLE)
    p.add_argument("--apply", metavar="OUTFILE", help="copy the database there and apply section 11 to the copy")
    p.add_argument("--counts", action="store_true", help="print counts (instead of rows; to stderr with --table)")
    p.add_argument("--table", action="store_true", help="print all non-committed rows as they stand after applying")
    a = p.parse_args()
    config = None
    if a.config:
        with open(a.config) as f:
            config = json.load(f)
    today = parse_date(a.today)
    if today is None:
        p.error("--today must be a real YYYY-MM-DD date")
    source = open_ro(a.db)
    run = Run(source, today, config, a.replan, a.zip_table)
    plan = run.s11_plan()
    inserts, updates, deletes, expires, unchanged = plan
    counts = {
        "contacts_total": run.total_contacts, "contacts_processed": len(run.contacts), "invalid": run.invalid,
        "state_zip_mismatch": run.mismatches, "inserted": len(inserts), "updated": len(updates) + len(expires),
        "updated_of_which_expired": len(expires), "deleted": len(deletes), "unchanged": len(unchanged),
        "cap": run.cap, "limit": run.limit, "over_cap": run.over_cap,
    }
    result = None
    if a.apply or a.table:
        result = sqlite3.connect(a.apply if a.apply else ":memory:")
        source.backup(result)
        apply_run(result, run, plan)
    out = sys.stdout
    if a.table:
        for line in table_lines(result):
            print(json.dumps(line), file=out)
        if a.counts:
            print(json.dumps(counts), file=sys.stderr)
    elif a.counts:
        print(json.dumps(counts), file=out)
    else:
        for line in run.produced_lines():
            print(json.dumps(line), file=out)


if __name__ == "__main__":
    main()
