#!/usr/bin/env python3
"""Deterministic, adversarial, seed-shaped test databases."""
import argparse
import csv
import json
import os
import random
import sqlite3
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import oracle

ONE = timedelta(days=1)
CHICAGO = ZoneInfo("America/Chicago")
EXCLUDED = ["CA", "ID", "KY", "MD", "NV", "OK", "OR", "VA", "MO", "CT", "MA", "NY", "WA"]
FIRST = ["Zoë", "John", "Jennifer", "Linda", "Mary", "Robert", "Anne-Marie", "José", "Patricia", "David"]
LAST = ["Nuñez", "Brown", "Smith", "O'Brien", "Lee", "Garcia", "Davis", "Miller", "Williams", "Johnson"]
SCHEMA = {
    "contacts": "id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT, zip_code TEXT, state TEXT, "
                "birth_date TEXT, effective_date TEXT, phone_number TEXT",
    "campaign_types": "name TEXT PRIMARY KEY, respect_exclusion_windows BOOLEAN, enable_followups BOOLEAN, "
                      "days_before_event INTEGER, target_all_contacts BOOLEAN, priority INTEGER, active BOOLEAN",
    "campaign_instances": "id INTEGER PRIMARY KEY, campaign_type TEXT, instance_name TEXT, email_template TEXT, "
                          "sms_template TEXT, active_start_date TEXT, active_end_date TEXT, metadata TEXT",
    "contact_campaigns": "id INTEGER PRIMARY KEY, contact_id INTEGER, campaign_instance_id INTEGER, "
                         "trigger_date TEXT, status TEXT, metadata TEXT",
    "email_schedules": "id INTEGER PRIMARY KEY AUTOINCREMENT, contact_id INTEGER, email_type TEXT, "
                       "scheduled_send_date TEXT, scheduled_send_time TEXT, status TEXT, skip_reason TEXT, "
                       "priority INTEGER, campaign_instance_id INTEGER, email_template TEXT, sms_template TEXT, "
                       "event_year INTEGER, event_month INTEGER, event_day INTEGER, actual_send_datetime TEXT, metadata TEXT",
    "tracking_clicks": "id INTEGER PRIMARY KEY, contact_id INTEGER, tracking_id TEXT, clicked_at TEXT",
    "contact_events": "id INTEGER PRIMARY KEY, contact_id INTEGER, event_type TEXT, metadata TEXT, created_at TEXT",
}
EXTRA = {"campaign_types": "respect_frequency_limits BOOLEAN", "campaign_instances": "audience TEXT",
         "email_schedules": "initial_schedule_id INTEGER, ideal_send_date TEXT", "tracking_clicks": "schedule_id INTEGER"}


def load_zips(path):
    with open(path, newline="") as f:
        ranges = [(int(r["first_zip"]), int(r["last_zip"]), r["state"]) for r in csv.DictReader(f)]
    by_state = {}
    for a, b, s in ranges:
        by_state.setdefault(s, []).append((a, b))
    return ranges, by_state


class Generator:
    def __init__(self, a):
        self.a = a
        self.r = random.Random(f"{a.seed}/{a.contacts}/{a.plain}")
        self.today = date.fromisoformat(a.today)
        self.ranges, self.by_state = load_zips(a.zip_table)
        self.states = sorted(self.by_state)
        if os.path.exists(a.out):
            os.remove(a.out)
        self.db = sqlite3.connect(a.out)
        self.full = not a.seed_columns
        for name, columns in SCHEMA.items():
            if self.full and name in EXTRA and not a.plain:
                columns += ", " + EXTRA[name]
            self.db.execute(f"create table {name} ({columns})")
        if self.full and not a.plain:
            self.db.execute("create table suppressions (contact_id INTEGER, channel TEXT)")

    def chance(self, p):
        return self.r.random() < p

    def pick(self, options):
        """Options: list of values or (weight, value) with weights summing to anything."""
        return self.r.choices([v for _, v in options], [w for w, _ in options])[0]

    def near(self, lo, hi):
        return self.today + self.r.randint(lo, hi) * ONE

    # ------------------------------------------------------------ contacts

    def zip_in(self, state):
        a, b = self.r.choice(self.by_state[state])
        return "%05d" % self.r.choice([a, b, self.r.randint(a, b)])

    def gap_zip(self):
        while True:
            n = self.r.randint(0, 99999)
            if not any(a <= n <= b for a, b, _ in self.ranges):
                return "%05d" % n

    def place(self):
        state = self.r.choice(EXCLUDED) if self.chance(0.6) else self.r.choice(self.states)
        z = self.zip_in(state)
        kind = self.pick([(70, "ok"), (6, "plus4"), (3, "lower"), (3, "pad"), (5, "mismatch"), (4, "nostate"),
                          (3, "badstate"), (2, "missing"), (2, "bad"), (1, "gap"), (1, "padplus")])
        s = state
        if kind in ("plus4", "padplus"):
            z += "-%04d" % self.r.randint(0, 9999)
        if kind == "padplus":
            z, s = "  " + z + " ", " " + state.lower() + "  "
        if kind == "lower":
            s = self.r.choice([state.lower(), state.lower()[0] + state[1]])
        if kind == "pad":
            z, s = " " + z, state + " "
        if kind == "mismatch":
            s = self.r.choice(EXCLUDED + self.states)
        if kind == "nostate":
            s = self.r.choice([None, "", " "])
        if kind == "badstate":
            s = self.r.choice(["ZZ", "??", "California", "C", "XX", "U.S", "N Y", "12"])
        if kind == "missing":
            z = self.r.choice([None, "", "   "])
        if kind == "bad":
            z = self.r.choice(["1234", "123456", "12345-", "12345-12", "12345 6789", "1234a", "ABCDE", "12345-67890",
                               "１２３４５", "-1234", "12345-123a", "1 2345"])
        if kind == "gap":
            z = self.gap_zip()
        return z, s

    def email(self, i, first, last):
        good = f"{first}.{last}.{i}@example.com".lower().replace("'", "").replace(" ", "")
        kind = self.pick([(94, "ok"), (2, "pad"), (1.5, "missing"), (2.5, "bad")])
        if kind == "pad":
            return " " + good + "  "
        if kind == "missing":
            return self.r.choice([None, "", "  "])
        if kind == "bad":
            return self.r.choice(["no-at.example.com", "@example.com", "user@", "a@b@c.com", "a b@example.com", "@",
                                  "a@exa mple.com", "a@@b.com", "a\tb@x.com", "user @example.com", "@@"])
        return good

    def leap_year(self, lo, hi):
        return self.r.choice([y for y in range(lo, hi + 1) if y % 4 == 0 and (y % 100 or y % 400 == 0)])

    def safe(self, y, m, d):
        try:
            return date(y, m, d)
        except ValueError:
            return date(y, 2, 28)

    def bad_date(self):
        return self.r.choice(["2023-02-30", "2023-02-29", "1900-02-29", "1950/01/02", "01/02/1950", "1950-1-2", "19500102",
                              "1950-13-01", "1950-00-10", "1950-06-31", "not a date", " ", "1950-01-01 ", " 1950-01-01",
                              "1950-01-01T00:00:00", "1950-01-01 00:00:00", "50-01-01", "1950-01-0１", "+950-01-01"])

    def birth(self):
        t = self.today
        kind = self.pick([(38, "any"), (34, "near"), (4, "leap"), (5, "old"), (3, "turn76"), (3, "missing"), (2, "bad"),
                          (1, "future"), (1, "today"), (2, "recent"), (4, "edge"), (3, "monthend")])
        year = t.year - self.r.randint(50, 85)
        if kind == "missing":
            return self.r.choice([None, ""])
        if kind == "bad":
            return self.bad_date()
        if kind == "future":
            return (t + self.r.choice([1, 2, 30, 400]) * ONE).isoformat()
        if kind == "today":
            return self.r.choice([t, self.safe(year, t.month, t.day)]).isoformat()
        if kind == "recent":
            return (t - self.r.randint(1, 500) * ONE).isoformat()
        if kind == "leap":
            return f"{self.leap_year(t.year - 85, t.year - 1)}-02-29"
        if kind == "monthend":
            m = self.r.choice([(1, 31), (2, 28), (3, 1), (3, 31), (12, 31), (1, 1), (9, 30), (10, 1)])
            return date(year, *m).isoformat()
        if kind == "near":
            d = self.near(-130, 130)
            return self.safe(year, d.month, d.day).isoformat()
        if kind == "edge":  # anniversary such that a boundary of some rule is about today
            d = t + (self.r.choice([14, 13, 15, 1, 0, -1, 30, 60, 90, -30, -31, -60, -63, -8, -38, -39, -68, -71])
                     + self.r.randint(-1, 1)) * ONE
            return self.safe(year, d.month, d.day).isoformat()
        if kind == "old":
            d = self.near(-183, 183)
            return self.safe(t.year - self.r.randint(75, 105), d.month, d.day).isoformat()
        if kind == "turn76":
            d = self.near(-40, 60)
            return self.safe(d.year - 76, d.month, d.day).isoformat()
        return (date(year, 1, 1) + self.r.randint(0, 365) * ONE).isoformat()

    def effective(self):
        t = self.today
        kind = self.pick([(34, "first"), (18, "clump"), (20, "any"), (10, "near"), (3, "leap"), (4, "missing"), (2, "bad"), (4, "future"),
                          (1, "today"), (2, "thisyear"), (2, "edge")])
        year = t.year - self.r.randint(1, 12)
        if kind == "missing":
            return self.r.choice([None, ""])
        if kind == "bad":
            return self.bad_date()
        if kind == "first":  # clustered, so that smoothing kicks in
            return date(year, self.pick([(4, 1), (3, 7), (3, 12), (2, t.month), (2, t.month % 12 + 1),
                                         (1, self.r.randint(1, 12))]), 1).isoformat()
        if kind == "clump":  # sizes about the limit of a day
            d = self.safe(t.year, (t + 30 * ONE).month, 1) + self.pick([(5, 0), (4, 14), (3, 5), (2, 31), (1, 45), (1, -14)]) * ONE
            return self.safe(year, d.month, d.day).isoformat()
        if kind == "leap":
            return f"{self.leap_year(t.year - 14, t.year)}-02-29"
        if kind == "future":
            return (t + self.r.randint(1, 700) * ONE).isoformat()
        if kind == "today":
            return self.r.choice([t, self.safe(year, t.month, t.day), self.safe(t.year - 1, t.month, t.day)]).isoformat()
        if kind == "thisyear":
            return (t - self.r.randint(0, 364) * ONE).isoformat()
        if kind == "edge":
            d = t + (self.r.choice([30, 29, 31, 1, 0, -1, -33, 90, 120, -41, -42]) + self.r.randint(-1, 1)) * ONE
            return self.safe(year, d.month, d.day).isoformat()
        if kind == "near":
            d = self.near(-100, 120)
            return self.safe(year, d.month, d.day).isoformat()
        return (date(year, 1, 1) + self.r.randint(0, 365) * ONE).isoformat()

    def make_contacts(self):
        self.ids = []
        i = 0
        for _ in range(self.a.contacts):
            i += 1 if not self.chance(0.02) else self.r.randint(2, 9)
            first, last = self.r.choice(FIRST), self.r.choice(LAST)
            z, s = self.place()
            phone = None if self.chance(0.15) else ("" if self.chance(0.02) else "+1555%07d" % i)
            self.ids.append(i)
            self.db.execute("insert into contacts values (?,?,?,?,?,?,?,?,?)",
                            (i, first, last, self.email(i, first, last), z, s, self.birth(), self.effective(), phone))

    # ------------------------------------------------------------ campaigns

    def make_campaigns(self):
        n = None
        types = [("rate_increase", 1, 1, 14, 0, 1, 1, 1), ("seasonal_promo", 1, 1, 7, 0, 5, 1, 1),
                 ("initial_blast", 0, 0, 0, 1, 10, 1, 1), ("regulatory_notice", 0, 0, 0, 0, 1, 1, self.r.choice([0, n])),
                 ("policy_update", 1, 1, 5, 1, 3, 1, self.r.choice([1, n])),
                 ("custom_nullprio", 1, 0, 3, 0, n, 1, 1), ("custom_off", 1, 1, 10, 1, 2, 0, 1),
                 ("custom_after", 0, 1, -4, 0, 4, 1, 0), ("custom_free", 1, 1, 2, 0, 6, 1, 0),
                 ("custom_same", 1, 1, 0, 0, 5, 1, 1)]
        self.types = [t[0] for t in types]
        for t in types:
            if self.full:
                self.db.execute("insert into campaign_types values (?,?,?,?,?,?,?,?)", t)
            else:
                self.db.execute("insert into campaign_types values (?,?,?,?,?,?,?)", t[:7])
        t = self.today
        d = lambda lo, hi: self.near(lo, hi).isoformat()
        spec = []  # (type, start, end, audience)
        for name in self.types:
            all_contacts = name in ("initial_blast", "policy_update", "custom_off")
            if all_contacts:
                spec.append((name, d(-12, 0), d(15, 60), n))
                spec.append((name, d(-40, 0), d(1, 12), json.dumps(self.r.sample(EXCLUDED, 3))))
                spec.append((name, d(1, 20), d(25, 60), n))      # not begun
                spec.append((name, n, d(5, 90), self.r.choice([n, "", "[]"])))  # no start date: explicit targets only
            else:
                spec.append((name, d(-40, 0), d(10, 80), n))
                spec.append((name, d(-15, 0), n, n))
                spec.append((name, d(-90, -40), d(-20, -1), n))  # over
                spec.append((name, n, self.r.choice([n, t.isoformat(), d(1, 40)]), json.dumps(["CA"])))
        spec.append(("rate_increase", t.isoformat(), t.isoformat(), n))   # one day
        spec.append(("initial_blast", t.isoformat(), d(2, 9), json.dumps(["TX", "CA", "MO", "FL"])))
        spec.append(("no_such_type", d(-5, 0), d(5, 9), n))
        self.instances = []
        for k, (name, start, end, audience) in enumerate(spec, 1):
            if start == "" or (self.chance(0.05) and start is None):
                start = ""
            row = (k, name, f"{name}_{k}", f"{name}_email_v{k}", f"{name}_sms_v{k}", start, end, "{}")
            if self.full:
                self.db.execute("insert into campaign_instances values (?,?,?,?,?,?,?,?,?)", row + (audience,))
            else:
                self.db.execute("insert into campaign_instances values (?,?,?,?,?,?,?,?)", row)
            self.instances.append((k, name, start or None, end))
        self.targets = []
        explicit = [i for i in self.instances]
        for c in self.ids:
            if self.chance(0.55):
                continue
            for _ in range(self.pick([(5, 1), (3, 2), (2, 4)])):
                i = self.r.choice(explicit)
                for _ in range(self.pick([(8, 1), (2, 2)])):
                    trigger = self.pick([(2, None), (5, self.near(-20, 60)), (2, self.near(-60, -25)), (1, self.near(60, 200))])
                    if self.chance(0.1) and i[2]:
                        trigger = date.fromisoformat(i[2])
                    if self.targets and self.targets[-1][0] == c and self.targets[-1][1] == i[0] and self.chance(0.3):
                        trigger = self.targets[-1][2]  # duplicate of the same event date
                    status = self.pick([(6, "pending"), (1, None), (1, "scheduled"), (1, "skipped"), (0.7, "cancelled"),
                                        (0.7, "sent")])
                    self.targets.append((c, i[0], trigger, status))
        self.r.shuffle(self.targets)
        for k, (c, i, trigger, status) in enumerate(self.targets, 1):
            self.db.execute("insert into contact_campaigns values (?,?,?,?,?,?)",
                            (k, c, i, trigger.isoformat() if trigger else self.pick([(9, None), (1, "")]), status,
                             self.r.choice([None, "{}"])))

    # ------------------------------------------------------------ history

    def sent_at(self, d):
        """An actual_send_datetime text whose Chicago date is usually d, in many forms."""
        near_midnight = self.chance(0.25)
        hour = self.r.choice([0, 23]) if near_midnight else self.r.randint(8, 20)
        minute, second = (self.r.choice([0, 59]), self.r.choice([0, 59])) if near_midnight else (30, 0)
        local = datetime(d.year, d.month, d.day, hour, minute, second, tzinfo=CHICAGO)
        kind = self.pick([(4, "naive"), (1, "naiveT"), (3, "Z"), (2, "offset"), (1, "fraction"), (1, "chicago")])
        if kind == "naive":
            return local.strftime("%Y-%m-%d %H:%M:%S")
        if kind == "naiveT":
            return local.strftime("%Y-%m-%dT%H:%M:%S")
        u = local.astimezone(timezone.utc)
        if kind == "Z":
            return u.strftime("%Y-%m-%dT%H:%M:%SZ")
        if kind == "fraction":
            return u.strftime("%Y-%m-%dT%H:%M:%S.") + "123Z"
        if kind == "chicago":
            return local.isoformat()
        hours = self.r.choice([-10, -5, 0, 2, 9, 13])
        return u.astimezone(timezone(timedelta(hours=hours))).isoformat()

    def add_row(self, c, t, d, status, reason=None, event=None, instance=None, ideal=None, initial=None, priority=None,
                actual=None, meta=None, email_template=None):
        year, month, day = (event.year, event.month, event.day) if event else (None, None, None)
        self.row_id += 1 if not self.chance(0.02) else self.r.randint(2, 20)
        row = dict(id=self.row_id, contact_id=c, email_type=t, scheduled_send_date=d.isoformat(),
                   scheduled_send_time=self.pick([(9, "08:30:00"), (1, "06:15:00")]), status=status, skip_reason=reason,
                   priority=priority, campaign_instance_id=instance,
                   email_template=email_template or f"{t}_email_v1", sms_template=None, event_year=year,
                   event_month=month, event_day=day, actual_send_datetime=actual,
                   metadata=json.dumps(meta) if meta else None)
        if self.full:
            row.update(initial_schedule_id=initial, ideal_send_date=ideal.isoformat() if ideal else None)
        self.db.execute(f"insert into email_schedules ({', '.join(row)}) values ({', '.join('?' * len(row))})",
                        list(row.values()))
        return self.row_id

    def settle(self, d):
        """A status fit for a row dated d: (status, reason, actual)."""
        if d < self.today:
            s = self.pick([(10, "sent"), (4, "delivered"), (1, "failed"), (1, "bounced"), (1, "dropped"), (1, "cancelled"),
                           (3, "pre-scheduled"), (4, "skipped"), (1, "scheduled"), (0.5, "processing"), (0.5, "accepted")])
        elif d == self.today:
            s = self.pick([(3, "sent"), (1, "delivered"), (2, "scheduled"), (1, "accepted"), (1, "processing"),
                           (5, "pre-scheduled"), (2, "skipped"), (0.5, "cancelled"), (0.5, "failed")])
        else:
            s = self.pick([(10, "pre-scheduled"), (4, "skipped"), (2, "scheduled"), (0.7, "cancelled"), (0.3, "processing")])
        reason = actual = None
        if s == "skipped":
            reason = self.r.choice(["birthday_window", "effective_date_window", "year_round_exclusion", "suppressed",
                                    "campaign_conflict", "campaign_conflict", "frequency_limit", "frequency_limit",
                                    "frequency_limit", "expired", "expired", "outside_campaign_dates", "missing_anchor",
                                    "age_76_plus"])
        if s in ("sent", "delivered") and self.chance(0.85) or s in ("failed", "bounced") and self.chance(0.4):
            actual = self.sent_at(d if self.chance(0.9) else d + (1 if d < self.today else 0) * ONE)
        return s, reason, actual

    def stored_ideal(self, ideal):
        return self.pick([(14, ideal), (1, ideal + self.r.choice([-1, 1, 7]) * ONE), (3, None)])

    def make_history(self):
        self.row_id = 0
        t = self.today
        contacts = self.db.execute("select id, birth_date, effective_date from contacts order by id").fetchall()
        self.r.shuffle(contacts)
        made = []  # (id, contact, type, send date, instance, event, priority, status)
        prio = {"birthday": 5, "effective_date": 5, "aep": 3, "post_window": 8}

        def anniversary_rows(c, kind, anchor, before):
            years = self.r.sample([t.year - 1, t.year, t.year, t.year + 1], self.pick([(6, 1), (3, 2)]))
            for y in sorted(set(years)):
                event = oracle.anniversary(anchor, y)
                ideal = event - before * ONE
                d = ideal + self.pick([(5, 0), (3, self.r.randint(-2, 2)), (2, self.r.randint(0, 14))]) * ONE
                s, reason, actual = self.settle(d)
                if self.chance(0.05):  # due on or about today whatever the event
                    d = self.near(-3, 20)
                    s, reason, actual = self.settle(d)
                stored_event = None if self.chance(0.08) else event
                i = self.add_row(c, kind, d, s, reason, stored_event, None, self.stored_ideal(ideal), None, prio[kind],
                                 actual, self.tracking())
                made.append((i, c, kind, d, None, stored_event, prio[kind], s))

        for c, birth, eff in contacts:
            if self.chance(0.35):
                continue
            b, e = oracle.parse_date(birth), oracle.parse_date(eff)
            if b and self.chance(0.6):
                anniversary_rows(c, "birthday", b, 14)
            if e and self.chance(0.6):
                anniversary_rows(c, "effective_date", e, 30)
            if self.chance(0.25):
                anniversary_rows(c, "aep", date(2000, 9, 15), 0)
            if self.chance(0.25):
                event = self.near(-60, 60)
                d = event + self.r.randint(1, 8) * ONE
                s, reason, actual = self.settle(d)
                ev = None if self.chance(0.1) else event
                i = self.add_row(c, "post_window", d, s, reason, ev, None, self.stored_ideal(event + ONE), None, 8, actual,
                                 self.tracking())
                made.append((i, c, "post_window", d, None, ev, 8, s))
            if self.chance(0.3):
                own = [x for x in self.targets if x[0] == c]
                inst, event = None, None
                if own and self.chance(0.8):
                    x = self.r.choice(own)
                    inst = self.instances[x[1] - 1]
                    event = x[2] or (date.fromisoformat(inst[2]) if inst[2] else None)
                if inst is None or event is None:
                    inst = self.r.choice(self.instances)
                    event = date.fromisoformat(inst[2]) if inst[2] and self.chance(0.7) else self.near(-40, 40)
                before = {"rate_increase": 14, "seasonal_promo": 7, "policy_update": 5}.get(inst[1], 0)
                ideal = event - before * ONE
                d = self.r.choice([ideal, ideal + self.r.randint(0, 9) * ONE, self.near(-34, 6), self.near(-2, 12)])
                s, reason, actual = self.settle(d)
                ev = None if self.chance(0.06) else event
                p = self.r.choice([1, 3, 5, 10, None])
                i = self.add_row(c, "campaign_" + inst[1], d, s, reason, ev, inst[0], self.stored_ideal(ideal), None, p,
                                 actual, self.tracking(), email_template=f"{inst[1]}_email_v{inst[0]}")
                made.append((i, c, "campaign_" + inst[1], d, inst[0], ev, p, s))
        # rows whose contact does not exist
        for _ in range(max(3, self.a.contacts // 100)):
            ghost = max(self.ids) + self.r.randint(1, 50)
            d = self.near(-20, 40)
            s, reason, actual = self.settle(d)
            kind = self.r.choice(list(prio))
            i = self.add_row(ghost, kind, d, s, reason, self.near(-20, 60), None, d, None, 5, actual)
            made.append((i, ghost, kind, d, None, None, 5, s))
        self.make_rare(contacts, made)
        self.make_followups(made)

    def make_rare(self, contacts, made):
        """Combinations that chance alone makes too seldom."""
        t = self.today
        before = {"rate_increase": 14, "seasonal_promo": 7, "policy_update": 5, "custom_nullprio": 3, "custom_off": 10,
                  "custom_after": -4, "custom_free": 2}
        open_instances = [i for i in self.instances if (not i[2] or i[2] <= t.isoformat()) and (not i[3] or i[3] >= t.isoformat())]
        # an overdue target that is kept
        for c, inst, trigger, status in self.targets:
            name = self.instances[inst - 1][1]
            if trigger and status in ("pending", "scheduled") and self.chance(0.4):
                ideal = trigger - before.get(name, 0) * ONE
                if ideal < t - 28 * ONE:
                    self.add_row(c, "campaign_" + name, self.near(0, 10), "pre-scheduled", None, trigger, inst, ideal, None, 5)
        for c, birth, eff in contacts:
            b, e = oracle.parse_date(birth), oracle.parse_date(eff)
            # expired or conflict skips and unsent plans of an occurrence gone by: post-window still (not) due
            if b and self.chance(0.15):
                event = oracle.anniversary(b, t.year)
                if t - 75 * ONE < event <= t:
                    s, reason = self.r.choice([("skipped", "expired"), ("skipped", "expired"), ("pre-scheduled", None),
                                               ("skipped", "frequency_limit"), ("sent", None)])
                    self.add_row(c, "birthday", event - 14 * ONE, s, reason, event, None, event - 14 * ONE, None, 5)
            # the open occurrence was given up as expired (its ideal date may have come under a window since)
            if b and self.chance(0.3):
                event = oracle.anniversary(b, t.year)
                if t < event < t + 14 * ONE:
                    self.add_row(c, "birthday", event - 14 * ONE, "skipped", "expired", event, None, event - 14 * ONE, None, 5)
            # committed effective dates in clusters
            if e and self.chance(0.3):
                event = oracle.anniversary(e, t.year)
                if t - 10 * ONE < event < t + 80 * ONE and event.year > e.year:
                    d = event - 30 * ONE
                    s = "scheduled" if d > t else self.r.choice(["sent", "delivered", "failed"])
                    self.add_row(c, "effective_date", d, s, None, event, None, d, None, 5, None, self.tracking())
            # campaign conflicts with committed campaign rows, of exempt types too, on one kept day
            if self.chance(0.06):
                d = self.near(0, 10)
                everyone = [i for i in open_instances if i[1] in ("initial_blast", "policy_update") and i[2]]
                free = [i for i in open_instances if i[1] in ("regulatory_notice", "custom_after", "rate_increase", "seasonal_promo")]
                if everyone and free:
                    i = self.r.choice(everyone)
                    start = date.fromisoformat(i[2])
                    if not i[3] or d.isoformat() <= i[3]:
                        self.add_row(c, "campaign_" + i[1], d, "pre-scheduled", None, start, i[0], start, None, 5)
                    f = self.r.choice(free)
                    self.add_row(c, "campaign_" + f[1], d, self.r.choice(["scheduled", "accepted", "cancelled"]), None,
                                 self.near(-5, 30), f[0], None, None, 1)

    def tracking(self):
        return self.pick([(3, None), (4, {"tracking_uuid": f"track-{self.row_id + 1}-{self.r.randint(0, 9)}"}),
                          (1, {"other": 1})])

    def make_followups(self, made):
        t = self.today
        kinds = ["followup_1_cold", "followup_2_clicked_no_hq", "followup_3_hq_no_yes", "followup_4_hq_with_yes"]
        for i, c, kind, d, inst, event, p, s in made:
            if s not in ("sent", "delivered") and not self.chance(0.04) or self.chance(0.6):
                continue
            fd = self.r.choice([d + 2 * ONE, self.near(-3, 8), self.near(1, 8)])
            if fd < d:
                fd = d + 2 * ONE
            if fd < t:
                fs, reason = self.pick([(4, ("sent", None)), (1, ("delivered", None)), (2, ("pre-scheduled", None)),
                                        (1, ("skipped", "birthday_window")), (1, ("skipped", "expired")),
                                        (1, ("failed", None)), (0.5, ("cancelled", None))])
            else:
                fs, reason = self.pick([(6, ("pre-scheduled", None)), (2, ("skipped", "birthday_window")),
                                        (1, ("skipped", "suppressed")), (1, ("skipped", "effective_date_window")),
                                        (1, ("scheduled", None))])
            actual = self.sent_at(fd) if fs in ("sent", "delivered") and self.chance(0.8) else None
            initial = None if self.chance(0.25) else i
            if initial is None and fs == "skipped":
                initial = i  # SPEC does not say what such a row belongs to
            self.add_row(c, self.r.choice(kinds), fd, fs, reason, event, inst, None, initial, p, actual)

    def make_behaviour(self):
        rows = self.db.execute("select id, contact_id, metadata, actual_send_datetime, scheduled_send_date from "
                               "email_schedules where status in ('sent','delivered') order by id").fetchall()
        n = 0
        for i, c, meta, actual, d in rows:
            for _ in range(self.pick([(5, 0), (4, 1), (1, 2)])):
                n += 1
                base = date.fromisoformat(d)
                at = self.r.choice([base + 1 * ONE, base + 3 * ONE, base, base - 2 * ONE, base - 20 * ONE])
                when = self.r.choice([f"{at} 09:15:00", self.sent_at(at), f"{at} 23:59:59", f"{at} 00:00:00"])
                if actual and self.chance(0.1):
                    when = actual  # at the very moment of the send
                tracking = json.loads(meta).get("tracking_uuid") if meta else None
                kind = self.pick([(3, "row"), (3, "tracking"), (2, "neither"), (1, "other"), (1, "both")])
                other = self.r.choice(rows)[0]
                sid, tid = {"row": (i, None), "tracking": (None, tracking or "old"), "neither": (None, self.r.choice([None, None, ""])),
                            "other": (other, "old"), "both": (i, tracking)}[kind]
                if self.full:
                    self.db.execute("insert into tracking_clicks (id, contact_id, tracking_id, clicked_at, schedule_id) "
                                    "values (?,?,?,?,?)", (n, c, tid, when, sid))
                else:
                    self.db.execute("insert into tracking_clicks (id, contact_id, tracking_id, clicked_at) values (?,?,?,?)",
                                    (n, c, tid, when))
        n = 0
        metas = [json.dumps({"has_medical_conditions": a, "main_questions_yes_count": b})
                 for a in (True, False) for b in (0, 1, 3)]
        metas += ['{"has_medical_conditions": false}', '{"main_questions_yes_count": 2}', '{}', None, '', '{"other": true}',
                  '{"main_questions_yes_count": 0}', '{"has_medical_conditions": null, "main_questions_yes_count": null}']
        for i, c, meta, actual, d in rows:
            if not self.chance(0.3):
                continue
            n += 1
            base = date.fromisoformat(d)
            at = base + self.r.choice([-5, 0, 0, 1, 2, 6]) * ONE
            when = actual if actual and self.chance(0.1) else self.r.choice([f"{at} 09:15:00", self.sent_at(at)])
            kind = self.pick([(8, "eligibility_answered"), (2, "eligibility_started"), (1, "page_view")])
            self.db.execute("insert into contact_events values (?,?,?,?,?)", (n, c, kind, self.r.choice(metas), when))

    def make_suppressions(self):
        if not self.full:
            return
        for c in self.ids:
            if self.chance(0.05):
                for _ in range(self.pick([(9, 1), (1, 2)])):
                    self.db.execute("insert into suppressions values (?,?)",
                                    (c, self.r.choice(["email", "all", None, "sms", "sms", "email"])))
        self.db.execute("insert into suppressions values (?,?)", (max(self.ids) + 1000, "email"))

    def drop_duplicates(self):
        """Never two stored rows with one SPEC identity: keep the first row, drop others, until none is left."""
        dropped = 0
        while True:
            run = oracle.Run(self.db, self.today, None, False, self.a.zip_table, decide=False)
            seen, bad = set(), []
            for r in run.rows:
                i = r["identity"]
                if i is not None and i in seen:
                    bad.append((r["id"],))
                seen.add(i)
            if not bad:
                return dropped
            dropped += len(bad)
            self.db.executemany("delete from email_schedules where id = ?", bad)

    def wild(self):
        """Inputs on which SPEC is silent: for crash tests only."""
        r = self.r
        for c in r.sample(self.ids, min(8, len(self.ids))):
            self.db.execute("update contacts set email = ? where id = ?",
                            (r.choice(["\ta@b.com", "a@b.com\n", "a@b\u00a0.com", "a@b.com\u00a0"]), c))
        for c in r.sample(self.ids, min(8, len(self.ids))):
            self.db.execute("update contacts set state = 'ca\t', birth_date = ? where id = ?",
                            (r.choice(["0001-01-01", "9999-12-31", "0000-01-01"]), c))
        self.db.execute("update campaign_types set active = null, enable_followups = null where name = 'custom_same'")
        if self.full:
            self.db.execute("update campaign_instances set audience = 'not json' where id = 1")
        self.db.execute("update contact_campaigns set trigger_date = '2023-02-30' where id % 17 = 0")
        self.db.execute("update email_schedules set status = null where id % 61 = 0")
        self.db.execute("update email_schedules set scheduled_send_date = null where id % 67 = 0")
        self.db.execute("update email_schedules set actual_send_datetime = 'yesterday' where id % 31 = 0")

    def make(self):
        self.make_contacts()
        dropped = 0
        if not self.a.plain:
            self.make_campaigns()
            self.make_history()
            self.make_behaviour()
            self.make_suppressions()
            if self.a.wild:
                self.wild()
            dropped = self.drop_duplicates()
        self.db.commit()
        n = {t: self.db.execute(f"select count(*) from {t}").fetchone()[0] for t in SCHEMA}
        print(json.dumps({**n, "duplicates_dropped": dropped}))


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--out", required=True)
    p.add_argument("--contacts", type=int, required=True)
    p.add_argument("--seed", required=True)
    p.add_argument("--today", required=True)
    p.add_argument("--plain", action="store_true", help="contacts only")
    p.add_argument("--seed-columns", action="store_true", help="only the seed system's columns: no ideal_send_date, "
                   "initial_schedule_id, schedule_id, audience, respect_frequency_limits, suppressions")
    p.add_argument("--wild", action="store_true", help="add inputs on which SPEC is silent (crash tests)")
    p.add_argument("--zip-table", default=oracle.ZIP_TABLE)
    Generator(p.parse_args()).make()


if __name__ == "__main__":
    main()
