// Numbers, dates and the service's words, as people read them.

const locale = navigator.languages.find((language) => language.startsWith("en")) ?? "en-US";
const whole = new Intl.NumberFormat(locale);
const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
const percentage = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
const finePercentage = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
const ago = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
// Dates of the calendar have no time zone: they are kept in UTC and shown in UTC.
const civil = (options) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
const dates = {
  short: civil({ day: "numeric", month: "short" }),
  medium: civil({ day: "numeric", month: "short", year: "numeric" }),
  full: civil({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  month: civil({ month: "short" }),
  monthYear: civil({ month: "long", year: "numeric" }),
  weekday: civil({ weekday: "short" }),
};

export const number = (value) => whole.format(value);
export const rough = (value) => (value < 100_000 ? whole : compact).format(value);
export const count = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;

/** A share of 0 to 1; what is not nothing is never shown as nothing, what is not all never as all. */
export function percent(value) {
  if (value > 0 && value < 0.001) return `<${finePercentage.format(0.001)}`;
  if (value > 0.999 && value < 1) return `>${finePercentage.format(0.999)}`;
  return ((value > 0 && value < 0.1) || (value > 0.99 && value < 1) ? finePercentage : percentage).format(value);
}

export const day = (text) => new Date(`${text}T00:00:00Z`);
export const addDays = (text, days) => new Date(day(text).getTime() + days * 86_400_000).toISOString().slice(0, 10);
export const date = (text, style = "medium") => (text ? dates[style].format(day(text)) : "—");
export const instant = (text) => moment.format(new Date(text));

/** How long ago an instant was. */
export function since(text) {
  const seconds = Math.min(0, (new Date(text) - Date.now()) / 1000);
  if (seconds > -10) return "just now";
  for (const [unit, size, limit] of [["second", 1, 60], ["minute", 60, 3600], ["hour", 3600, 86_400]]) {
    if (-seconds < limit) return ago.format(Math.round(seconds / size), unit);
  }
  return ago.format(Math.round(seconds / 86_400), "day");
}

export function duration(milliseconds) {
  if (milliseconds < 1) return "<1 ms";
  if (milliseconds < 1000) return `${whole.format(Math.round(milliseconds))} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
  return `${whole.format(Math.floor(milliseconds / 60_000))} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
}

const sentence = (word) => {
  const text = word.replaceAll("_", " ").replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
};

const types = {
  birthday: "Birthday", effective_date: "Policy anniversary", aep: "Annual enrolment", post_window: "Post-window",
  followup: "Follow-up",
};

/** What people call an email type. */
export function emailType(name) {
  if (types[name]) return types[name];
  if (name.startsWith("campaign_")) return sentence(name.slice("campaign_".length));
  const followup = /^followup_(\d)_(.*)$/.exec(name);
  const stages = { cold: "no click", clicked_no_hq: "clicked", hq_with_yes: "answered yes", hq_no_yes: "answered no" };
  return followup ? `Follow-up ${followup[1]}: ${stages[followup[2]] ?? sentence(followup[2]).toLowerCase()}` : sentence(name);
}

const reasons = {
  year_round_exclusion: "Year-round exclusion", birthday_window: "Birthday window",
  effective_date_window: "Policy date window", age_76_plus: "Age 76 and over", suppressed: "Do-not-contact list",
  frequency_limit: "Frequency limit", missing_anchor: "No date to judge by", expired: "Too late",
  outside_campaign_dates: "Outside campaign dates", campaign_conflict: "Campaign conflict",
};

/** Why an email is not sent. */
export const reason = (name) => reasons[name] ?? sentence(name ?? "no reason");
const kinds = { full: "Full run", contacts: "Contacts", campaign: "Campaign", followups: "Follow-ups" };

/** What a run does. */
export const runKind = (name) => kinds[name] ?? sentence(name);
/** A status or another word of the service. */
export const word = (name) => (name === "pre-scheduled" ? "Planned" : sentence(name));
