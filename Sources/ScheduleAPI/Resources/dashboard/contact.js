// One contact: who it is, why each email is what it is, and the stored rows.

import { fill, h } from "./dom.js";
import { count, date, emailType, reason, word } from "./format.js";
import { ruleItem } from "./rules.js";

const tones = { "pre-scheduled": "good", skipped: "bad", committed: "calm", none: "faint", removed: "warn" };
const labels = { "pre-scheduled": "Planned", committed: "Settled", none: "No email", removed: "To be removed" };

/** Whom to call what, where a name is missing too. */
export const contactName = (contact) =>
  [contact.first_name, contact.last_name].filter(Boolean).join(" ") || contact.email || `Contact ${contact.id}`;

/** Shows a contact with the answers of `/explain` and `/schedule`. */
export function showContact(root, contact, explanation, rows) {
  const facts = explanation.contact;
  const source = facts.state_source === "zip_code" ? " (from the ZIP code)" : "";
  fill(root,
    h("nav", { "aria-label": "Way back" }, h("a", { href: "#/", class: "back" }, "← Overview")),
    h("div", { class: "contact-head" },
      h("h1", { id: "contacts-title", tabindex: -1 }, contactName(contact)),
      standing(explanation)),
    h("dl", { class: "facts card" },
      fact("Id", contact.id), fact("External id", contact.external_id), fact("E-mail", contact.email),
      fact("State", facts.state && facts.state + source), fact("ZIP code", facts.zip_code),
      fact("Time zone", facts.time_zone), fact("Born", facts.birth_date && date(facts.birth_date)),
      fact("Policy since", facts.effective_date && date(facts.effective_date))),
    h("div", { class: "columns" },
      h("section", { class: "card", "aria-labelledby": "explanation-title" },
        h("div", { class: "card-head" },
          h("h2", { id: "explanation-title" }, "Explanation"),
          h("p", { class: "muted" }, `As decided for ${date(explanation.today)}`)),
        h("p", { class: "sentence", id: "explanation-sentence" }, explanation.sentence),
        h("ul", { class: "emails" }, explanation.emails.map(emailItem))),
      h("section", { class: "card", "aria-labelledby": "schedule-title" },
        h("div", { class: "card-head" },
          h("h2", { id: "schedule-title" }, "Schedule"),
          h("p", { class: "muted" }, rows.length ? count(rows.length, "stored row") : "No row is stored yet.")),
        rows.length ? schedule(rows) : null)));
}

function standing(explanation) {
  if (explanation.suppressed) return h("span", { class: "badge bad" }, "Do not contact");
  if (!explanation.valid) return h("span", { class: "badge warn" }, `Invalid: ${word(explanation.invalid_reason).toLowerCase()}`);
  return h("span", { class: "badge good" }, "May be contacted");
}

const fact = (name, value) =>
  h("div", { "data-fact": name }, h("dt", {}, name), h("dd", {}, value === null || value === undefined || value === "" ? "—" : String(value)));

function emailItem(email) {
  const when = email.status === "skipped" ? null : email.scheduled_send_date;
  return h("li", { class: "email", "data-type": email.email_type, "data-status": email.status },
    h("div", { class: "email-head" },
      h("h3", {}, emailType(email.email_type)),
      h("span", { class: `badge ${tones[email.status] ?? "calm"}` }, labels[email.status] ?? word(email.status)),
      when ? h("span", { class: "email-date" }, date(when)) : null),
    h("p", { class: "email-sentence" }, email.sentence),
    email.earliest_legal_send_date && email.status === "skipped"
      ? h("p", { class: "muted" }, `Earliest legal send date: ${date(email.earliest_legal_send_date)}`) : null,
    email.schedule_agrees === false
      ? h("p", { class: "message mild" }, "The stored row differs; the next run changes it.") : null,
    email.rules.length ? h("details", {},
      h("summary", {}, `${count(email.rules.length, "rule")} tried`,
        h("span", { class: "visually-hidden" }, ` for ${emailType(email.email_type)}`)),
      h("ol", { class: "rules" }, email.rules.map(ruleItem))) : null);
}

const schedule = (rows) => h("table", { class: "schedule", "aria-labelledby": "schedule-title" },
  h("thead", {}, h("tr", {},
    h("th", { scope: "col" }, "Date"), h("th", { scope: "col" }, "Email"), h("th", { scope: "col" }, "Status"),
    h("th", { scope: "col", class: "number run-id" }, "Run"))),
  h("tbody", {}, rows.map((row) => h("tr", { "data-row": row.id },
    h("td", { class: "when" }, date(row.scheduled_send_date)),
    h("td", {}, emailType(row.email_type)),
    h("td", {}, word(row.status), row.skip_reason ? h("span", { class: "reason" }, reason(row.skip_reason)) : null),
    h("td", { class: "number run-id" }, row.scheduler_run_id ?? "—")))));
