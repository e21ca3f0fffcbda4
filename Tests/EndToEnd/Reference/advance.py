#!/usr/bin/env python3
"""Plays the senders, the CRM and the recipients for day D, in place, deterministically."""
import argparse
import json
import random
import sqlite3
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ONE = timedelta(days=1)
CHICAGO = ZoneInfo("America/Chicago")


class Day:
    def __init__(self, db, today, seed):
        self.db, self.today = db, today
        self.r = random.Random(f"{seed}/{today}")
        self.columns = {}
        self.done = {}

    def has(self, table):
        if table not in self.columns:
            self.columns[table] = [r[1] for r in self.db.execute(f'pragma table_info("{table}")')]
        return self.columns[table]

    def count(self, what, n=1):
        self.done[what] = self.done.get(what, 0) + n

    def chance(self, p):
        return self.r.random() < p

    def pick(self, options):
        return self.r.choices([v for _, v in options], [w for w, _ in options])[0]

    def insert(self, table, **values):
        """Only the columns there are; not-null columns of ours are given something."""
        have = self.has(table)
        stamp = f"{self.today} 12:00:00"
        for extra, v in (("created_at", stamp), ("updated_at", stamp), ("reason", "manual"), ("source", "test"), ("url", "")):
            if extra in have:
                values.setdefault(extra, v)
        values = {k: v for k, v in values.items() if k in have}
        self.db.execute(f'insert into {table} ({", ".join(values)}) values ({", ".join("?" * len(values))})',
                        list(values.values()))
        return self.db.execute("select last_insert_rowid()").fetchone()[0]

    def moment(self, d, hour=None):
        """Text of a moment whose Chicago date is d."""
        if hour is None:
            hour = self.r.choice([8, 9, 12, 17, 20, 22, 23, 0])
        local = datetime(d.year, d.month, d.day, hour, self.r.choice([0, 30, 59]), self.r.choice([0, 59]), tzinfo=CHICAGO)
        kind = self.pick([(5, "naive"), (3, "z"), (2, "offset")])
        if kind == "naive":
            return local.strftime("%Y-%m-%d %H:%M:%S")
        utc = local.astimezone(timezone.utc)
        if kind == "z":
            return utc.strftime("%Y-%m-%dT%H:%M:%SZ")
        return utc.astimezone(timezone(timedelta(hours=self.r.choice([-7, 1, 9])))).isoformat()

    # ------------------------------------------------------------

    def send(self):
        """Rows due on or before today meet a sender; some are left."""
        rows = self.db.execute("select id, contact_id, email_type, metadata from email_schedules where status='pre-scheduled' "
                               "and scheduled_send_date <= ? order by contact_id, email_type, event_year, event_month, "
                               "event_day, campaign_instance_id, scheduled_send_date, id", (self.today.isoformat(),)).fetchall()
        for i, c, kind, meta in rows:
            status = self.pick([(66, "sent"), (10, "delivered"), (4, "failed"), (3, "bounced"), (2, "dropped"),
                                (1.5, "cancelled"), (1.5, "scheduled"), (1, "accepted"), (1, "processing"), (10, None)])
            if status is None:
                self.count("left")
                continue
            actual = self.moment(self.today) if status in ("sent", "delivered", "bounced", "failed") and self.chance(0.93) else None
            if self.chance(0.5):
                try:
                    m = json.loads(meta) if meta else {}
                except ValueError:
                    m = {}
                m["tracking_uuid"] = f"track-{c}-{kind}-{self.today}"
                meta = json.dumps(m)
            self.db.execute("update email_schedules set status=?, actual_send_datetime=?, metadata=? where id=?",
                            (status, actual, meta, i))
            self.count(status)

    def claim_future(self):
        """A few rows of later days are already with a sender, a few are called off."""
        rows = self.db.execute("select id from email_schedules where status='pre-scheduled' and scheduled_send_date > ? "
                               "and scheduled_send_date <= ? order by contact_id, email_type, event_year, event_month, event_day, "
                               "campaign_instance_id, id", (self.today.isoformat(), (self.today + 10 * ONE).isoformat())).fetchall()
        for (i,) in rows:
            if self.chance(0.03):
                s = self.r.choice(["scheduled", "scheduled", "cancelled", "processing"])
                self.db.execute("update email_schedules set status=? where id=?", (s, i))
                self.count("future_" + s)

    def settle_sent(self):
        """Yesterday's sent rows become delivered or bounced."""
        rows = self.db.execute("select id from email_schedules where status in ('sent','accepted','processing') and "
                               "scheduled_send_date < ? order by contact_id, email_type, id", (self.today.isoformat(),)).fetchall()
        for (i,) in rows:
            if self.chance(0.08):
                s = self.r.choice(["delivered", "delivered", "bounced", "failed"])
                self.db.execute("update email_schedules set status=? where id=?", (s, i))
                self.count("later_" + s)

    def behave(self):
        rows = self.db.execute("select id, contact_id, metadata from email_schedules where status in ('sent','delivered') and "
                               "scheduled_send_date >= ? order by contact_id, email_type, id",
                               ((self.today - 10 * ONE).isoformat(),)).fetchall()
        for i, c, meta in rows:
            if self.chance(0.06) and self.has("tracking_clicks"):
                try:
                    tracking = (json.loads(meta) if meta else {}).get("tracking_uuid")
                except (ValueError, AttributeError):
                    tracking = None
                sid, tid = self.r.choice([(i, None), (None, tracking), (None, None), (i, tracking)])
                self.insert("tracking_clicks", contact_id=c, tracking_id=tid, schedule_id=sid, clicked_at=self.moment(self.today))
                self.count("clicks")
            if self.chance(0.05) and self.has("contact_events"):
                meta = json.dumps({"has_medical_conditions": self.chance(0.3), "main_questions_yes_count": self.r.choice([0, 0, 2])})
                self.insert("contact_events", contact_id=c, event_type="eligibility_answered", metadata=meta,
                            created_at=self.moment(self.today))
                self.count("events")

    def change_contacts(self):
        ids = [r[0] for r in self.db.execute("select id from contacts order by id")]
        if not ids:
            return
        zips = {"CA": "90210", "NY": "10001", "MO": "63101", "TX": "75001", "KY": "40202", "FL": "33101", "NV": "89101",
                "ID": "83702", "CT": "06103", "OR": "97201"}
        for c in self.r.sample(ids, max(1, len(ids) // 100)):
            s = self.r.choice(sorted(zips))
            kind = self.pick([(4, "move"), (2, "birth"), (2, "effective"), (1, "zip"), (1, "breakage"), (1, "repair")])
            day = self.today + self.r.randint(-40, 60) * ONE
            old = (day - 366 * ONE * self.r.randint(1, 60)).isoformat()
            sets = {"move": {"state": s, "zip_code": zips[s]}, "birth": {"birth_date": self.r.choice([old, None])},
                    "effective": {"effective_date": self.r.choice([old, None])}, "zip": {"zip_code": zips[s]},
                    "breakage": self.r.choice([{"email": "broken"}, {"zip_code": ""}, {"birth_date": "2023-02-30"}]),
                    "repair": {"email": f"repaired.{c}@example.com", "zip_code": zips[s], "birth_date": "1955-06-30",
                               "effective_date": "2020-02-29"}}[kind]
            for column, v in sets.items():
                self.db.execute(f"update contacts set {column}=? where id=?", (v, c))
            self.count("contact_" + kind)
        for c in self.r.sample(ids, max(1, len(ids) // 300)):
            self.db.execute("delete from contacts where id=?", (c,))
            self.count("contacts_removed")
        top = max(ids)
        for k in range(1, 1 + max(1, len(ids) // 200)):
            s = self.r.choice(sorted(zips))
            born = self.today - (366 * self.r.randint(50, 80) + self.r.randint(-60, 60)) * ONE
            eff = date(self.today.year - self.r.randint(1, 8), self.r.randint(1, 12), 1)
            self.insert("contacts", id=top + 2000 + k, first_name="New", last_name="Comer", email=f"new.{top + k}@example.com",
                        zip_code=zips[s], state=s, birth_date=born.isoformat(), effective_date=eff.isoformat(), phone_number=None)
            self.count("contacts_added")

    def change_suppressions(self):
        if not self.has("suppressions"):
            return
        ids = [r[0] for r in self.db.execute("select id from contacts order by id")]
        for c in self.r.sample(ids, max(1, len(ids) // 250)):
            ch = self.r.choice(["email", "all", "email", "sms"])
            if not self.db.execute("select 1 from suppressions where contact_id=? and channel is ?", (c, ch)).fetchone():
                self.insert("suppressions", contact_id=c, channel=ch)
                self.count("suppressions_added")
        listed = [r[0] for r in self.db.execute("select distinct contact_id from suppressions order by contact_id")]
        for c in listed:
            if self.chance(0.06):
                self.db.execute("delete from suppressions where contact_id=?", (c,))
                self.count("suppressions_removed")

    def change_targets(self):
        if not self.has("contact_campaigns"):
            return
        for i, status in self.db.execute("select id, status from contact_campaigns order by id").fetchall():
            if self.chance(0.015):
                s = "cancelled" if status != "cancelled" else "pending"
                self.db.execute("update contact_campaigns set status=? where id=?", (s, i))
                self.count("targets_" + s)
        # a delivery makes its target `sent` (SPEC 4)
        self.db.execute("""update contact_campaigns set status='sent' where status in ('pending','scheduled') and exists
            (select 1 from email_schedules s where s.contact_id = contact_campaigns.contact_id and s.status='delivered'
             and s.campaign_instance_id = contact_campaigns.campaign_instance_id and s.email_type like 'campaign%'
             and contact_campaigns.trigger_date = printf('%04d-%02d-%02d', s.event_year, s.event_month, s.event_day))""")
        ids = [r[0] for r in self.db.execute("select id from contacts order by id")]
        instances = [r[0] for r in self.db.execute("select id from campaign_instances order by id")]
        if instances and ids:
            for c in self.r.sample(ids, max(1, len(ids) // 200)):
                i = self.r.choice(instances)
                # never two targets of a contact in an instance that were not there before: identities stay unique
                if not self.db.execute("select 1 from contact_campaigns where contact_id=? and campaign_instance_id=?", (c, i)).fetchone() \
                        and not self.db.execute("select 1 from email_schedules where contact_id=? and campaign_instance_id=?", (c, i)).fetchone():
                    day = self.r.choice([None, (self.today + self.r.randint(-10, 40) * ONE).isoformat()])
                    self.insert("contact_campaigns", contact_id=c, campaign_instance_id=i, trigger_date=day, status="pending")
                    self.count("targets_added")

    def play(self):
        if self.has("email_schedules"):
            self.settle_sent()
            self.send()
            self.claim_future()
            self.behave()
        self.change_contacts()
        self.change_suppressions()
        self.change_targets()
        self.db.commit()
        print(json.dumps(self.done, sort_keys=True))


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--db", required=True)
    p.add_argument("--today", required=True)
    p.add_argument("--seed", required=True)
    a = p.parse_args()
    db = sqlite3.connect(a.db, timeout=30)
    Day(db, date.fromisoformat(a.today), a.seed).play()
    db.close()


if __name__ == "__main__":
    main()
