#!/usr/bin/env python3
"""Compares `oracle.py --table` output with the uncommitted rows of a database, field by field."""
import argparse
import json
import sys

import oracle

KEYS = ["email_type", "campaign_instance_id", "event_date", "initial_schedule_id"]
FIELDS = ["email_type", "scheduled_send_date", "status", "skip_reason", "priority", "campaign_instance_id", "event_date",
          "ideal_send_date", "initial_schedule_id"]


def key(r):
    """Pairs by identity where there is one, so that a follow-up whose type differs is one difference, not two."""
    kind = "followup" if oracle.is_followup(r["email_type"]) and r["initial_schedule_id"] is not None else r["email_type"]
    if kind == "followup":
        return (kind, r["initial_schedule_id"], "")
    return (kind, r["campaign_instance_id"] or 0, r["event_date"] or "")


def group(rows):
    out = {}
    for r in rows:
        out.setdefault(r["contact_id"], {}).setdefault(key(r), []).append(r)
    return out


def short(r):
    return " ".join(str(r[k]) for k in ["email_type", "campaign_instance_id", "event_date", "scheduled_send_date", "status",
                                        "skip_reason", "priority", "ideal_send_date", "initial_schedule_id"])


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("jsonl", help="oracle.py --table output")
    p.add_argument("database")
    p.add_argument("--today", required=True, help="rows dated before it are marked 'past' in the listing")
    p.add_argument("--templates", action="store_true", help="compare email_template and sms_template of campaign rows too")
    p.add_argument("--all-templates", action="store_true", help="compare both templates of every row")
    p.add_argument("--show", type=int, default=20, help="contacts shown")
    p.add_argument("--future-only", action="store_true", help="ignore rows dated before today")
    a = p.parse_args()
    with open(a.jsonl) as f:
        want_rows = [json.loads(line) for line in f if line.strip()]
    have_rows = oracle.table_lines(oracle.open_ro(a.database))
    if a.future_only:
        want_rows = [r for r in want_rows if (r["scheduled_send_date"] or "") >= a.today]
        have_rows = [r for r in have_rows if (r["scheduled_send_date"] or "") >= a.today]
    for r in want_rows:
        r.setdefault("initial_schedule_id", None)  # plain examples/*.jsonl work too
    want, have = group(want_rows), group(have_rows)
    shown = bad_contacts = 0
    kinds = {}
    for c in sorted(set(want) | set(have)):
        lines = []
        for k in sorted(set(want.get(c, {})) | set(have.get(c, {})), key=str):
            w = sorted(want.get(c, {}).get(k, []), key=lambda r: json.dumps(r, sort_keys=True))
            h = sorted(have.get(c, {}).get(k, []), key=lambda r: json.dumps(r, sort_keys=True))
            for i in range(max(len(w), len(h))):
                if i >= len(h):
                    lines.append(("missing", "  missing: " + short(w[i])))
                elif i >= len(w):
                    lines.append(("extra", "  extra:   " + short(h[i])))
                else:
                    fields = list(FIELDS)
                    if a.all_templates or (a.templates and oracle.is_campaign(w[i]["email_type"])):
                        fields += ["email_template", "sms_template"]
                    diff = [f for f in fields if w[i][f] != h[i][f]]
                    if diff:
                        past = " (past)" if (w[i]["scheduled_send_date"] or "") < a.today else ""
                        lines.append((",".join(diff), f"  {short(w[i])}{past}\n" + "\n".join(
                            f"      {f}: oracle {w[i][f]!r}, database {h[i][f]!r}" for f in diff)))
        for kind, _ in lines:
            kinds[kind] = kinds.get(kind, 0) + 1
        if lines:
            bad_contacts += 1
            if shown < a.show:
                shown += 1
                print(f"contact {c}")
                for _, line in lines:
                    print(line)
    print(f"{len(want_rows)} rows expected, {len(have_rows)} found, {sum(kinds.values())} differences in {bad_contacts} contacts"
          + (": " + json.dumps(kinds) if kinds else ""))
    sys.exit(1 if kinds else 0)


if __name__ == "__main__":
    main()
