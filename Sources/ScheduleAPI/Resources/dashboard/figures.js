// The key figures at the top of the page.

import { fill, h } from "./dom.js";
import { addDays, count, date, instant, number, percent, rough, runKind, since } from "./format.js";

/** Shows the figures of the organisation's metrics. */
export function showFigures(root, metrics) {
  const { contacts, backlog, runs } = metrics;
  const sum = (test) => metrics.email_schedules.filter(test).reduce((total, row) => total + row.count, 0);
  const rows = sum(() => true);
  const planned = sum((row) => row.status === "pre-scheduled");
  const skipped = sum((row) => row.status === "skipped");
  const invalid = Object.values(contacts.invalid ?? {}).reduce((total, value) => total + value, 0);
  const end = addDays(metrics.today, 7);
  const week = metrics.daily_volume
    .filter((item) => item.date >= metrics.today && item.date < end)
    .reduce((total, item) => total + item.count, 0);
  const success = runs.last_success;
  fill(root, h("dl", { class: "figures" },
    figure("contacts", "Contacts", contacts.total,
      `${number(contacts.suppressed)} suppressed, ${number(invalid)} invalid`),
    figure("planned", "Planned", planned, `${number(week)} in 7 days from today`),
    figure("skipped", "Skipped", skipped, rows ? `${percent(skipped / rows)} of all emails` : "Nothing is planned yet"),
    figure("backlog", "Due, not sent", backlog.due,
      backlog.oldest_due ? `Oldest from ${date(backlog.oldest_due)}${leases(backlog)}` : `Nothing waits${leases(backlog)}`),
    h("div", { class: "figure", "data-figure": "last-run" },
      h("dt", {}, "Last successful run"),
      h("dd", { class: "figure-value", title: success ? instant(success.finished_at) : null },
        success ? since(success.finished_at) : "None"),
      h("dd", { class: "figure-note" },
        success ? `${runKind(success.kind)} ${success.id}` : "Start one below"))));
}

const leases = (backlog) => (backlog.leased ? `, ${count(backlog.leased, "lease")} out` : "");

const figure = (name, label, value, note) =>
  h("div", { class: "figure", "data-figure": name },
    h("dt", {}, label),
    h("dd", { class: "figure-value", "data-value": value, title: number(value) }, rough(value)),
    h("dd", { class: "figure-note" }, note));
