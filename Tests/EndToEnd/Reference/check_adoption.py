#!/usr/bin/env python3
"""Holds a database that was taken over, and planned by one full run, against what it was before: nothing that the
run and the adoption log do not explain may be missing or different. Prints every difference; exit code 1 for any."""
import argparse
import collections
import json
import sqlite3
import sys

OPEN = ("pre-scheduled", "skipped")
PLANNED = (None, "", "pending", "scheduled", "skipped")


def rows(db, table, columns):
    """The rows by id."""
    names = ", ".join(f'"{c}"' for c in columns)
    return {r[0]: dict(zip(columns, r[1:])) for r in db.execute(f'SELECT id, {names} FROM "{table}"')}


class Check:
    def __init__(self, a):
        self.before, self.after = sqlite3.connect(a.before), sqlite3.connect(a.after)
        with open(a.run) as f:
            self.run = json.load(f)
        self.today = self.run["today"]
        self.differences = 0

    def differ(self, text):
        self.differences += 1
        if self.differences <= 30:
            print(text)

    def columns(self, table):
        return [r[0] for r in self.before.execute("SELECT name FROM pragma_table_info(?)", [table])]

    def schema(self):
        found = {r[0] for r in self.after.execute("SELECT name FROM sqlite_master WHERE sql IS NOT NULL")}
        for kind, name in self.before.execute("SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL"):
            if name not in found:
                self.differ(f"{kind} {name} is gone")
        if self.after.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            self.differ("integrity_check fails")

    def tables(self):
        """Every table but the schedules, over its old columns; a run may decide targets."""
        names = [r[0] for r in self.before.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
        for name in names:
            if name in ("email_schedules", "contact_campaigns"):
                continue
            listed = ", ".join(f'"{c}"' for c in self.columns(name))
            had, has = (collections.Counter(db.execute(f'SELECT {listed} FROM "{name}"').fetchall())
                        for db in (self.before, self.after))
            for row in (had - has).elements():
                self.differ(f"{name}: lost {row}")
            for row in (has - had).elements():
                # The configuration that the run had is noted beside those of other programs.
                if name != "config_versions" or "email-scheduler:file" not in row:
                    self.differ(f"{name}: new {row}")

    def targets(self):
        columns = self.columns("contact_campaigns")
        had, has = (rows(db, "contact_campaigns", columns) for db in (self.before, self.after))
        if set(had) != set(has):
            self.differ(f"contact_campaigns: other ids: {sorted(set(had) ^ set(has))}")
        for id in set(had) & set(has):
            decided = had[id]["status"] in PLANNED and has[id]["status"] in PLANNED
            if any(had[id][c] != has[id][c] for c in columns if not (decided and c == "status")):
                self.differ(f"contact_campaigns: {had[id]} became {has[id]}")

    def schedules(self):
        columns = self.columns("email_schedules")
        had, has = (rows(db, "email_schedules", columns) for db in (self.before, self.after))
        logged = {}
        for content, in self.after.execute("SELECT content FROM adoption_log WHERE table_name = 'email_schedules' "
                                           "AND what = 'shares an identity'"):
            row = json.loads(content)
            logged[row["id"]] = {c: row[c] for c in columns}
        counts = collections.Counter()
        written = (self.run["id"], str(self.run["id"]))
        for id, row in had.items():
            now = has.get(id)
            if now == row:
                counts["same"] += 1
            elif row["status"] not in OPEN:
                self.differ(f"committed row {row} became {now}")
            elif now is None and id in logged:
                counts["logged"] += 1
                if logged[id] != row:
                    self.differ(f"row {row} is logged as {logged[id]}")
            elif now is None and row["scheduled_send_date"] >= self.today:
                counts["deleted"] += 1
            elif now is not None and now["scheduler_run_id"] in written:
                counts["updated"] += 1
            else:
                self.differ(f"row {row} became {now}")
        counts["inserted"] = len(set(has) - set(had))
        report = self.run["report"]
        for name in ("inserted", "updated", "deleted"):
            if counts[name] != report[name]:
                self.differ(f"{counts[name]} rows {name}, but the run reports {report[name]}")
        print(json.dumps(counts))

    def end(self):
        for part in (self.schema, self.tables, self.targets, self.schedules):
            part()
        sys.exit(1 if self.differences else 0)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--before", required=True, help="the database as it was")
    p.add_argument("--after", required=True, help="the database as it is")
    p.add_argument("--run", required=True, help="the run, as `run --json` printed it")
    Check(p.parse_args()).end()


if __name__ == "__main__":
    main()
