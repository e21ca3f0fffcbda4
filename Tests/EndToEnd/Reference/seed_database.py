#!/usr/bin/env python3
"""Makes a database as a Python program on SQLite leaves it after some months of use: old columns only, text run
ids, values of every age, doubles, orphans, tables and columns of its own. The same arguments give the same rows, but
for the times that columns fill in themselves.

--keyless: tables as a copying tool makes them, without keys, constraints or defaults. Otherwise the tables have the
constraints of a careful hand-written schema: unique rows, checks, foreign keys, defaults, triggers and views."""
import argparse
import csv
import json
import os
import random
import sqlite3
from datetime import date, datetime, timedelta

HERE = os.path.dirname(os.path.abspath(__file__))
ZIP_TABLE = os.path.join(HERE, "../../../Sources/SchedulingCore/Resources/zip_state_ranges.csv")
CONTACTS, SCHEDULES, CHECKPOINTS = 663, 4139, 7
FIRST = ["Zoë", "John", "Jennifer", "Linda", "Mary", "Robert", "Anne-Marie", "José", "Patricia", "D'Arcy"]
LAST = ["Nuñez", "Brown", "Smith", "O'Brien", "Lee", "Garcia", "Davis", "Miller", "Williams", "Johnson"]
STATES = ["CA", "ID", "KY", "MD", "NV", "OK", "OR", "VA", "MO", "CT", "MA", "NY", "WA", "TX", "FL", "OH", "KS", "UT"]
TYPES = [("rate_increase", 1, 1, 14, 0, 1, 1), ("seasonal_promo", 1, 1, 7, 0, 5, 1),
         ("initial_blast", 0, 0, 0, 1, 10, 0), ("custom", 1, None, 0, 0, None, 1)]
INSTANCES = [(1, "rate_increase", "Rates, second quarter", "rate_q2", "rate_q2_sms", -60, 30, '{"by": "ops"}'),
             (2, "rate_increase", "Rates, third quarter", "rate_q3", None, -10, 80, None),
             (3, "seasonal_promo", "Spring", "spring", "spring_sms", None, None, ""),
             (4, "initial_blast", "Welcome", "welcome", None, -400, -300, None)]

SCHEMA = {
    "contacts": "id INTEGER PRIMARY KEY AUTOINCREMENT, first_name TEXT, last_name TEXT, email TEXT, zip_code TEXT, "
                "state TEXT, birth_date TEXT, effective_date TEXT, phone_number TEXT, agent_id INTEGER, "
                "created_at DATETIME DEFAULT CURRENT_TIMESTAMP",
    "campaign_types": "name TEXT PRIMARY KEY, respect_exclusion_windows BOOLEAN DEFAULT TRUE, enable_followups BOOLEAN "
                      "DEFAULT TRUE, days_before_event INTEGER DEFAULT 0, target_all_contacts BOOLEAN DEFAULT FALSE, "
                      "priority INTEGER DEFAULT 10, active BOOLEAN DEFAULT TRUE, created_at DATETIME DEFAULT "
                      "CURRENT_TIMESTAMP, updated_at DATETIME DEFAULT CURRENT_TIMESTAMP",
    "campaign_instances": "id INTEGER PRIMARY KEY AUTOINCREMENT, campaign_type TEXT NOT NULL, instance_name TEXT NOT "
                          "NULL, email_template TEXT, sms_template TEXT, active_start_date DATE, active_end_date DATE, "
                          "metadata TEXT, created_at DATETIME DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME DEFAULT "
                          "CURRENT_TIMESTAMP, UNIQUE(campaign_type, instance_name), "
                          "FOREIGN KEY (campaign_type) REFERENCES campaign_types(name)",
    "contact_campaigns": "id INTEGER PRIMARY KEY AUTOINCREMENT, contact_id INTEGER NOT NULL, campaign_instance_id "
                         "INTEGER NOT NULL, trigger_date DATE, status TEXT DEFAULT 'pending', metadata TEXT, created_at "
                         "DATETIME DEFAULT CURRENT_TIMESTAMP, UNIQUE(contact_id, campaign_instance_id, trigger_date), "
                         "FOREIGN KEY (campaign_instance_id) REFERENCES campaign_instances(id), "
                         "FOREIGN KEY (contact_id) REFERENCES contacts(id)",
    "campaign_change_log": "id INTEGER PRIMARY KEY AUTOINCREMENT, campaign_instance_id INTEGER NOT NULL, field_changed "
                           "TEXT NOT NULL, old_value TEXT, new_value TEXT, changed_at DATETIME DEFAULT "
                           "CURRENT_TIMESTAMP, changed_by TEXT, requires_rescheduling BOOLEAN DEFAULT TRUE",
    "email_schedules": "id INTEGER PRIMARY KEY AUTOINCREMENT, contact_id INTEGER NOT NULL, email_type TEXT NOT NULL, "
                       "scheduled_send_date DATE NOT NULL, scheduled_send_time TIME DEFAULT '08:30:00', status TEXT NOT "
                       "NULL DEFAULT 'pre-scheduled', skip_reason TEXT, priority INTEGER DEFAULT 10, "
                       "campaign_instance_id INTEGER, email_template TEXT, sms_template TEXT, scheduler_run_id TEXT, "
                       "event_year INTEGER, event_month INTEGER, event_day INTEGER, actual_send_datetime DATETIME, "
                       "metadata TEXT, created_at DATETIME DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME DEFAULT "
                       "CURRENT_TIMESTAMP, batch_id TEXT, UNIQUE(contact_id, email_type, scheduled_send_date), "
                       "CHECK (priority IS NULL OR priority BETWEEN 0 AND 100), "
                       "FOREIGN KEY (contact_id) REFERENCES contacts(id)",
    "scheduler_checkpoints": "id INTEGER PRIMARY KEY AUTOINCREMENT, run_timestamp DATETIME NOT NULL, scheduler_run_id "
                             "TEXT UNIQUE NOT NULL, contacts_checksum TEXT NOT NULL, schedules_before_checksum TEXT, "
                             "schedules_after_checksum TEXT, contacts_processed INTEGER, emails_scheduled INTEGER, "
                             "emails_skipped INTEGER, status TEXT NOT NULL, error_message TEXT, started_at DATETIME "
                             "DEFAULT CURRENT_TIMESTAMP, completed_at DATETIME",
    "config_versions": "id INTEGER PRIMARY KEY AUTOINCREMENT, config_type TEXT NOT NULL, config_data TEXT NOT NULL, "
                       "valid_from DATETIME NOT NULL, valid_to DATETIME, created_at DATETIME DEFAULT CURRENT_TIMESTAMP, "
                       "created_by TEXT",
    "tracking_clicks": "id INTEGER PRIMARY KEY AUTOINCREMENT, contact_id INTEGER NOT NULL, tracking_id TEXT NOT NULL, "
                       "email_type TEXT, clicked_at DATETIME DEFAULT CURRENT_TIMESTAMP, ip_address TEXT, user_agent TEXT",
    "contact_events": "id INTEGER PRIMARY KEY AUTOINCREMENT, contact_id INTEGER NOT NULL, event_type TEXT NOT NULL, "
                      "event_date DATETIME DEFAULT CURRENT_TIMESTAMP, metadata TEXT",
    "agents": "id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, photo BLOB",
    "email_send_tracking": "schedule_id INTEGER, attempt INTEGER, response TEXT, PRIMARY KEY (schedule_id, attempt)",
}
OTHERS = """
CREATE INDEX idx_schedules_date ON email_schedules (scheduled_send_date, status);
CREATE INDEX idx_contacts_state ON contacts (state, birth_date);
CREATE VIEW due AS SELECT contact_id, email_type FROM email_schedules WHERE status = 'pre-scheduled';
CREATE TRIGGER schedules_updated AFTER UPDATE OF priority ON email_schedules
    WHEN new.priority IS NOT old.priority AND new.batch_id = 'watched'
    BEGIN UPDATE email_schedules SET metadata = 'priority changed' WHERE id = new.id; END;
"""


def keyless(columns):
    """The columns' names and types, and nothing else."""
    words = [part.split() for part in columns.split(", ")]
    return ", ".join(f"{part[0]} {part[1]}" for part in words if len(part) > 1 and part[0].islower())


class Seed:
    def __init__(self, a):
        self.a = a
        self.r = random.Random(f"seed database {a.seed}")
        self.today = date.fromisoformat(a.today)
        self.zips = {}
        with open(ZIP_TABLE, newline="") as f:
            for row in csv.DictReader(f):
                self.zips.setdefault(row["state"], []).append((int(row["first_zip"]), int(row["last_zip"])))
        if os.path.exists(a.out):
            os.remove(a.out)
        self.db = sqlite3.connect(a.out)
        for name, columns in SCHEMA.items():
            self.db.execute(f"CREATE TABLE {name} ({keyless(columns) if a.keyless else columns})")
        self.db.executescript(OTHERS)

    def day(self, offset):
        return None if offset is None else (self.today + timedelta(days=offset)).isoformat()

    def moment(self, offset):
        at = datetime.combine(self.today, datetime.min.time()) + timedelta(
            days=offset, seconds=self.r.randrange(86400))
        return at.isoformat(sep=self.r.choice([" ", " ", "T"]))

    def add(self, table, **values):
        self.db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
                        list(values.values()))

    def contacts(self):
        for number in range(1, CONTACTS + 1):
            r, state = self.r, self.r.choice(STATES)
            first, last = r.choice(self.zips[state])
            birth = date(r.randint(1935, 1962), r.randint(1, 12), r.randint(1, 28)).isoformat()
            effective = date(r.randint(2012, 2024), r.randint(1, 12), 1).isoformat()
            self.add("contacts", id=number, first_name=r.choice(FIRST), last_name=r.choice(LAST),
                     email=r.choice([f"c{number}@example.com"] * 30 + [None, "", "no address"]),
                     zip_code=r.choice([f"{r.randint(first, last):05d}"] * 30 + [None, "0", "78701-1234"]),
                     state=r.choice([state] * 8 + [None, "", state.lower(), "ZZ"]),
                     birth_date=r.choice([birth] * 12 + [None, "", "1952-02-29", "1951-02-30"]),
                     effective_date=r.choice([effective] * 8 + [None, ""]),
                     phone_number=r.choice(["+15555550100", None]), agent_id=r.choice([1, 2, None]),
                     created_at=self.moment(-r.randint(100, 900)))

    def campaigns(self):
        names = ["name", "respect_exclusion_windows", "enable_followups", "days_before_event", "target_all_contacts",
                 "priority", "active"]
        for values in TYPES:
            self.add("campaign_types", **dict(zip(names, values)))
        for number, kind, name, email, sms, start, end, metadata in INSTANCES:
            self.add("campaign_instances", id=number, campaign_type=kind, instance_name=name, email_template=email,
                     sms_template=sms, active_start_date=self.day(start), active_end_date=self.day(end),
                     metadata=metadata)
        ids = self.r.sample(range(1, CONTACTS + 1), 160)
        for number, contact in enumerate(ids, 1):
            self.add("contact_campaigns", id=number, contact_id=contact, campaign_instance_id=self.r.randint(1, 3),
                     trigger_date=self.r.choice([self.day(self.r.randint(-20, 60))] * 4 + [None]),
                     status=self.r.choice(["pending", "pending", None, "scheduled", "sent", "cancelled"]))
        self.add("campaign_change_log", id=1, campaign_instance_id=2, field_changed="active_end_date",
                 old_value=self.day(50), new_value=self.day(80), changed_by="ops")

    def schedules(self):
        """Rows of past and present runs, until there are as many as there shall be."""
        r, count, used, doubles = self.r, 0, set(), []
        statuses = (["sent"] * 8 + ["delivered"] * 6 + ["bounced", "failed", "opened", "clicked", "cancelled"])
        while count < SCHEDULES:
            kind = r.choice(["birthday"] * 4 + ["effective_date"] * 4 + ["aep"] * 2 + ["post_window", "campaign"])
            # Some belong to contacts that are gone.
            contact, offset = r.randint(1, CONTACTS + 4), r.randint(-420, 330)
            event_in = {"birthday": 14, "effective_date": 30, "aep": 0, "post_window": -1, "campaign": 14}[kind]
            instance = r.randint(1, 3) if kind == "campaign" else None
            if instance:
                kind = f"campaign_{INSTANCES[instance - 1][1]}"
            if doubles and r.random() < 0.04:
                # A second run with another date for what a first one had planned or sent.
                kind, contact, instance, event_in, offset = doubles.pop(r.randrange(len(doubles)))
                shift = r.choice([-9, -3, 3, 9])
                event_in, offset = event_in - shift, offset + shift
            elif r.random() < 0.3:
                doubles.append((kind, contact, instance, event_in, offset))
            if (contact, kind, offset) in used:
                continue
            used.add((contact, kind, offset))
            count += 1
            if offset < -2:
                status = r.choice(statuses * 3 + ["skipped"] * 12 + ["pre-scheduled"] * 2)
            elif offset < 2:
                status = r.choice(["pre-scheduled", "scheduled", "processing", "sent", "skipped", "accepted"])
            else:
                status = r.choice(["pre-scheduled"] * 12 + ["skipped"] * 4 + ["scheduled"])
            event = self.today + timedelta(days=offset + event_in)
            dated = r.random() > 0.12
            skipped = r.choice(["birthday_window", "year_round_exclusion", "Birthday exclusion window", None])
            run = self.today - timedelta(days=r.randint(1, CHECKPOINTS))
            if self.a.keyless and r.random() < 0.01:
                status = r.choice([None, None, ""])
            self.add("email_schedules", id=count, contact_id=contact, email_type=kind,
                     scheduled_send_date=self.day(offset), scheduled_send_time=r.choice(["08:30:00", "09:00:00", None]),
                     status=status, skip_reason=skipped if status == "skipped" else None,
                     priority=r.choice([5, 5, 3, 10, None]), campaign_instance_id=instance,
                     email_template=f"{kind}_v1", sms_template=r.choice([None, "", f"{kind}_sms"]),
                     scheduler_run_id=r.choice([f"run_{run:%Y%m%d}_060000_{run.day:04x}"] * 9 + [None]),
                     event_year=event.year if dated else None, event_month=event.month if dated else None,
                     event_day=event.day if dated else None,
                     actual_send_datetime=r.choice([self.moment(offset), None])
                     if status in ("sent", "delivered", "opened", "clicked", "bounced") else None,
                     metadata=r.choice([None, "", "not json", json.dumps({"tracking_uuid": f"t{count}"})]),
                     created_at=self.moment(-r.randint(1, 400)), updated_at=self.moment(-1),
                     batch_id=r.choice([None, "b1"]))

    def behaviour(self):
        sent = [row[0] for row in self.db.execute(
            "SELECT contact_id FROM email_schedules WHERE status IN ('sent', 'delivered') ORDER BY id")]
        for number in range(1, 121):
            self.add("tracking_clicks", id=number, contact_id=self.r.choice(sent), tracking_id=f"t{number * 7}",
                     email_type="birthday", clicked_at=self.moment(-self.r.randint(0, 40)), ip_address="192.0.2.1")
        for number in range(1, 81):
            self.add("contact_events", id=number, contact_id=self.r.choice(sent),
                     event_type=self.r.choice(["eligibility_answered", "opened"]), event_date=self.moment(-3),
                     metadata=self.r.choice([None, "{}", '{"has_medical_conditions": true}', "broken"]))

    def upkeep(self):
        for number in range(1, CHECKPOINTS + 1):
            day = self.today - timedelta(days=number)
            failed = number == 3
            self.add("scheduler_checkpoints", id=number, run_timestamp=f"{day}T06:00:00",
                     scheduler_run_id=f"run_{day:%Y%m%d}_060000_{day.day:04x}", contacts_checksum=f"{number:032x}",
                     schedules_before_checksum=f"{number + 1:032x}",
                     schedules_after_checksum=None if failed else f"{number + 2:032x}", contacts_processed=CONTACTS,
                     emails_scheduled=None if failed else 900 + number, emails_skipped=None if failed else 80,
                     status="failed" if failed else "completed",
                     error_message="disk I/O error" if failed else None, started_at=f"{day} 06:00:00",
                     completed_at=None if failed else f"{day} 06:00:09")
        self.add("config_versions", id=1, config_type="timing", config_data='{"send_time": "08:30:00"}',
                 valid_from=self.day(-300), created_by="ops")
        for number in (1, 2):
            self.add("agents", id=number, name=f"Agent {number}", photo=bytes(range(number, 200)))
            self.add("email_send_tracking", schedule_id=number, attempt=1, response="250 OK")

    def make(self):
        for step in (self.contacts, self.campaigns, self.schedules, self.behaviour, self.upkeep):
            step()
        self.db.commit()
        self.db.close()


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--out", required=True)
    p.add_argument("--today", required=True, help="the date around which the rows lie")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--keyless", action="store_true")
    Seed(p.parse_args()).make()


if __name__ == "__main__":
    main()
