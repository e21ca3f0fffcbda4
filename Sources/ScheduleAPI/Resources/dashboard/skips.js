// Why emails are skipped: by reason, and by state for what state law forbids.

import { empty, fill, h, heading, share } from "./dom.js";
import { number, percent, reason } from "./format.js";

/** States that are shown before the rest is asked for. */
const statesAtFirst = 12;
/** Headings of the columns, where there is no room for the reason's name. */
const short = {
  year_round_exclusion: "All year", birthday_window: "Birthday", effective_date_window: "Policy", age_76_plus: "76 +",
};

let showsAll = false;

/** Shows the skip reasons of the organisation's metrics. */
export function showSkips(root, metrics) {
  const totals = new Map();
  for (const row of metrics.email_schedules.filter((row) => row.status === "skipped")) {
    totals.set(row.skip_reason, (totals.get(row.skip_reason) ?? 0) + row.count);
  }
  const head = heading("skips-title", "Why emails are skipped");
  if (totals.size === 0) {
    return fill(root, head, empty("Nothing is skipped", "Reasons appear here when a run has skipped an email."));
  }
  const sorted = [...totals].sort(([, left], [, right]) => right - left);
  fill(root, head,
    h("ul", { class: "bars reasons" }, sorted.map(([name, total]) => h("li", { "data-reason": name },
      h("span", { class: "bar-name" }, reason(name)),
      h("span", { class: "bar", "aria-hidden": "true", vars: { share: share(total, sorted[0][1]) } }),
      h("span", { class: "bar-value" }, number(total))))),
    ...byState(root, metrics));
}

function byState(root, metrics) {
  const states = new Map();
  for (const row of metrics.exclusions) {
    const state = states.get(row.state) ?? {};
    state[row.skip_reason] = (state[row.skip_reason] ?? 0) + row.count;
    states.set(row.state, state);
  }
  const rates = metrics.exclusion_rates
    .filter((row) => row.excluded > 0).sort((left, right) => right.excluded - left.excluded);
  if (rates.length === 0) return [];
  const columns = Object.keys(short).filter((name) => metrics.exclusions.some((row) => row.skip_reason === name));
  const shown = showsAll ? rates : rates.slice(0, statesAtFirst);
  return [
    h("h3", { class: "sub", id: "skips-states" }, "Forbidden by state law"),
    h("table", { class: "states", "aria-labelledby": "skips-states" },
      h("thead", {}, h("tr", {},
        h("th", { scope: "col" }, "State"),
        columns.map((name) => h("th", { scope: "col", class: "number", title: reason(name) }, short[name])),
        h("th", { scope: "col", class: "number" }, "All"),
        h("th", { scope: "col", class: "number rate" }, "Hit rate"))),
      h("tbody", {}, shown.map((row) => h("tr", { "data-state": row.state },
        h("th", { scope: "row" }, row.state ?? "—"),
        columns.map((name) => h("td", { class: "number" }, cellNumber(states.get(row.state)?.[name]))),
        h("td", { class: "number strong" }, number(row.excluded)),
        h("td", { class: "number rate", title: `${number(row.excluded)} of ${number(row.emails)} emails` },
          h("span", { class: "bar", "aria-hidden": "true", vars: { share: share(row.rate, 1) } }),
          percent(row.rate)))))),
    rates.length > statesAtFirst
      ? h("button", {
        type: "button", class: "quiet more", id: "skips-more", "aria-expanded": String(showsAll),
        onclick: () => { showsAll = !showsAll; showSkips(root, metrics); },
      }, showsAll ? "Show fewer states" : `Show all ${rates.length} states`)
      : null,
  ];
}

const cellNumber = (value) => (value ? number(value) : h("span", { class: "faint" }, "–"));
