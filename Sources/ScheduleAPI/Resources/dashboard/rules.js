// The rules of an explanation, in words.

import { h } from "./dom.js";
import { count, date, emailType, number, reason, word } from "./format.js";

const names = {
  event_date: "Event date", enrolment_date: "Enrolment date", closed_stretch: "Closed period",
  campaign_target: "Campaign target", followup: "Follow-up", identity: "Already settled",
  suppression: "Do-not-contact list", exclusion_window: "Exclusion windows", campaign_dates: "Campaign dates",
  kept_date: "Kept date", overdue_limit: "Overdue limit", smoothing: "Smoothing", catch_up: "Catch-up",
  daily_cap: "Daily cap", campaign_conflict: "Campaign conflict", frequency_limit: "Frequency limit",
  behaviour: "Behaviour", stored_row: "Stored row",
};

const tones = { skipped: "bad", removed: "bad", missing: "warn", moved: "warn", found: "calm", kept: "calm", past: "faint" };

/** A rule that was tried: its name, its outcome, and what it looked at. */
export function ruleItem(rule) {
  return h("li", { class: "rule", "data-rule": rule.rule, "data-outcome": rule.outcome },
    h("div", { class: "rule-head" },
      h("span", { class: "rule-name" }, names[rule.rule] ?? word(rule.rule)),
      h("span", { class: `outcome ${tones[rule.outcome] ?? "good"}` }, word(rule.outcome))),
    h("p", { class: "rule-facts muted" }, facts(rule).join(" · ")),
    rule.windows?.length ? h("ul", { class: "windows" }, rule.windows.map(windowItem)) : null,
    rule.counted_emails?.length
      ? h("ul", { class: "windows" }, rule.counted_emails.map((other) =>
        h("li", {}, `Counted: ${emailType(other.email_type)} on ${date(other.date)}`)))
      : null);
}

function facts(rule) {
  const parts = [];
  if (rule.cause) parts.push(word(rule.cause));
  if (rule.skip_reason) parts.push(reason(rule.skip_reason));
  if (rule.date) parts.push(date(rule.date));
  if (rule.result_date && rule.result_date !== rule.date) parts.push(`${rule.rule === "event_date" ? "send date" : "gives"} ${date(rule.result_date)}`);
  if (rule.deadline) parts.push(`${date(rule.deadline)} at the latest`);
  if (rule.count !== undefined) parts.push(`${number(rule.count)} counted`);
  if (rule.limit !== undefined) {
    parts.push(rule.rule === "overdue_limit" ? `at most ${count(rule.limit, "day")}` : `${number(rule.limit)} allowed`);
  }
  if (rule.cap !== undefined) parts.push(`cut down to ${number(rule.cap)}`);
  if (rule.period_days !== undefined) parts.push(`within ${count(rule.period_days, "day")}`);
  if (rule.email_type) parts.push(emailType(rule.email_type));
  if (rule.schedule_id !== undefined) parts.push(`row ${rule.schedule_id}`);
  if (rule.candidates?.length) parts.push(`one of ${rule.candidates.map((item) => date(item, "short")).join(", ")}`);
  if (rule.days?.length) {
    parts.push(rule.days.map((item) => `${date(item.date, "short")}: ${number(item.count)}`).join(", "));
  }
  return parts;
}

function windowItem(window) {
  const span = window.first_date === null && window.last_date === null
    ? "every date"
    : `${window.first_date ? date(window.first_date) : "always"} to ${window.last_date ? date(window.last_date) : "open end"}`;
  return h("li", { class: window.contains_date ? "window closed" : "window" },
    h("span", { class: "window-name" }, window.name),
    h("span", { class: "window-span" }, span),
    h("span", { class: "muted" }, window.contains_date ? "holds the date" : "does not hold the date"),
    window.citation ? h("cite", {}, window.citation) : null);
}
