// The year as a heat map: a square a day, a column a week, darker the more of the cap is used.

import { fill, h, heading, share } from "./dom.js";
import { count, date, day, emailType, number, percent } from "./format.js";

/** Upper ends of the levels above none, as shares of the cap. */
const levels = [0.05, 0.1, 0.25, 0.5, 1];
/** Weeks that always stand side by side; on a narrow page such quarters of the year go below each other. */
const weeksTogether = 14;

const level = (item) => {
  if (item.over_cap) return "over";
  if (item.count === 0) return 0;
  const found = levels.findIndex((end) => item.count <= end * item.cap);
  return found < 0 ? levels.length : found + 1;
};

const used = (item) => (item.cap > 0 ? `${percent(item.count / item.cap)} of the cap` : "no cap");

/** The panel; it keeps which day is looked at. */
export class CalendarPanel {
  #root;
  #items = [];
  #cells = [];
  #selected = null;
  #showsTable = false;
  #detail = h("div", { class: "day", id: "day", role: "region", "aria-label": "The chosen day" });

  constructor(root) { this.#root = root; }

  /** Shows the answer of `/calendar`; `today` is chosen unless another day was. */
  show(calendar, today) {
    this.#items = calendar.items;
    const chosen = this.#items.findIndex((item) => item.date === this.#selected);
    const start = chosen >= 0 ? chosen : Math.max(0, this.#items.findIndex((item) => item.date === today));
    this.#cells = this.#items.map((item, index) => this.#cell(item, index, today));
    const note = calendar.cap === 0
      ? "The cap is a share of the contacts, of whom there are none yet."
      : `The cap is ${number(calendar.cap)} emails a day. Above the limit, ${number(calendar.threshold)}, a day is evened out.`;
    fill(this.#root,
      heading("calendar-title", "Volume by day", note),
      h("div", {
        class: "weeks", id: "heat-map", role: "listbox", "aria-labelledby": "calendar-title",
        "aria-describedby": "calendar-keys", onkeydown: (event) => this.#move(event),
      }, this.#blocks()),
      h("p", { id: "calendar-keys", class: "visually-hidden" },
        "Arrow keys go from day to day and from week to week, Page Up and Page Down by four weeks."),
      legend(),
      h("div", { class: "below-weeks" }, this.#detail, this.#fullest()),
      this.#table());
    if (this.#items.length) this.#select(start);
  }

  #cell(item, index, today) {
    const over = item.over_cap ? ", over the limit" : "";
    return h("span", {
      class: "cell", role: "option", id: `day-${item.date}`, tabindex: -1, "aria-selected": "false",
      "data-level": level(item), "data-today": item.date === today, "data-date": item.date, "data-count": item.count,
      "aria-label": `${date(item.date, "full")}: ${count(item.count, "email")}, ${used(item)}${over}`,
      title: `${date(item.date)}: ${count(item.count, "email")}, ${used(item)}${over}`,
      vars: { row: day(item.date).getUTCDay() + 1 },
      onclick: () => this.#select(index, true),
      onfocus: () => this.#select(index),
    });
  }

  /** Weeks in blocks, each with the names of the months that begin in it. */
  #blocks() {
    const first = this.#items.length ? day(this.#items[0].date).getUTCDay() : 0;
    const blocks = [];
    this.#cells.forEach((cell, index) => {
      const week = Math.floor((index + first) / 7);
      const number = Math.floor(week / weeksTogether);
      blocks[number] ??= { names: [], cells: [] };
      const column = (week % weeksTogether) + 1;
      cell.style.setProperty("--column", column);
      const { date: text } = this.#items[index];
      const begins = text.endsWith("-01") || (index === 0 && day(text).getUTCDate() < 22);
      // In the first column stands what the block begins with, as long as it does not run into the next name.
      if (begins) {
        blocks[number].names.push(h("span", { vars: { column }, "aria-hidden": "true" }, date(text, "month")));
      }
      blocks[number].cells.push(cell);
    });
    return blocks.map((block) => h("div", { class: "block", role: "presentation" },
      h("div", { class: "months", role: "presentation" }, block.names),
      h("div", { class: "cells", role: "presentation" }, block.cells)));
  }

  #move(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 7, ArrowLeft: -7, PageDown: 28, PageUp: -28 };
    const current = this.#items.findIndex((item) => item.date === this.#selected);
    const last = this.#items.length - 1;
    let next;
    if (event.key in steps) next = current + steps[event.key];
    else if (event.key === "Home") next = 0;
    else if (event.key === "End") next = last;
    else return;
    event.preventDefault();
    this.#select(Math.max(0, Math.min(last, next)), true);
  }

  #select(index, focuses = false) {
    const item = this.#items[index];
    for (const cell of this.#root.querySelectorAll('[aria-selected="true"]')) {
      cell.setAttribute("aria-selected", "false");
      cell.tabIndex = -1;
    }
    this.#selected = item.date;
    const cell = this.#cells[index];
    cell.setAttribute("aria-selected", "true");
    cell.tabIndex = 0;
    if (focuses) cell.focus();
    this.#detail.replaceChildren(...dayDetail(item));
  }

  /** The days that carry most, to go to. */
  #fullest() {
    const days = this.#items.map((item, index) => ({ item, index })).filter(({ item }) => item.count > 0)
      .sort((left, right) => right.item.count - left.item.count).slice(0, 5);
    if (days.length === 0) return null;
    return h("div", { class: "fullest" },
      h("h3", {}, "Fullest days"),
      h("ol", {}, days.map(({ item, index }) => h("li", {},
        h("button", { type: "button", class: "quiet", id: `fullest-${item.date}`, onclick: () => this.#select(index) },
          date(item.date)),
        h("span", {}, number(item.count)),
        h("span", { class: "muted" }, item.cap > 0 ? percent(item.count / item.cap) : "")))));
  }

  /** The months in numbers, for those who read rather than look. */
  #table() {
    const months = new Map();
    for (const item of this.#items) {
      const name = item.date.slice(0, 7);
      const month = months.get(name) ?? { name, days: 0, count: 0, over: 0, busiest: item };
      month.days += 1;
      month.count += item.count;
      month.over += item.over_cap ? 1 : 0;
      if (item.count > month.busiest.count) month.busiest = item;
      months.set(name, month);
    }
    const toggle = (event) => { this.#showsTable = event.target.open; };
    return h("details", { class: "as-table", open: this.#showsTable, ontoggle: toggle },
      h("summary", { id: "calendar-table" }, "By month, as a table"),
      h("table", {},
        h("caption", { class: "visually-hidden" }, "Emails by month"),
        h("thead", {}, h("tr", {}, ["Month", "Emails", "A day", "Busiest day", "Over"].map((name, index) =>
          h("th", { scope: "col", class: index ? "number" : null }, name)))),
        h("tbody", {}, [...months.values()].map((month) => h("tr", {},
          h("th", { scope: "row" }, date(`${month.name}-01`, "monthYear")),
          h("td", { class: "number" }, number(month.count)),
          h("td", { class: "number" }, number(Math.round(month.count / month.days))),
          h("td", { class: "number" }, `${date(month.busiest.date, "short")}: ${number(month.busiest.count)}`),
          h("td", { class: "number" }, number(month.over)))))));
  }
}

/** A day's emails by type. */
function dayDetail(item) {
  const types = new Map();
  for (const row of item.emails) {
    const type = types.get(row.email_type) ?? { sent: 0, skipped: 0 };
    type[row.status === "skipped" ? "skipped" : "sent"] += row.count;
    types.set(row.email_type, type);
  }
  const rows = [...types].sort(([, left], [, right]) => right.sent - left.sent || right.skipped - left.skipped);
  const most = Math.max(1, ...rows.map(([, type]) => type.sent));
  return [
    h("h3", {}, date(item.date, "full")),
    h("p", { class: "day-total" }, h("strong", {}, number(item.count)), ` ${item.count === 1 ? "email" : "emails"}, ${used(item)}`,
      item.over_cap ? h("span", { class: "badge bad" }, "Over the limit") : null),
    rows.length === 0 ? h("p", { class: "muted" }, "Nothing is planned for this day.") : h("ul", { class: "bars" },
      rows.map(([name, type]) => h("li", {},
        h("span", { class: "bar-name" }, emailType(name)),
        h("span", { class: "bar", "aria-hidden": "true", vars: { share: share(type.sent, most) } }),
        h("span", { class: "bar-value" }, number(type.sent)),
        h("span", { class: "bar-extra" }, type.skipped ? `${number(type.skipped)} skipped` : "")))),
  ];
}

/** What the squares mean. */
function legend() {
  const names = ["None", ...levels.slice(0, -1).map((end) => `to ${percent(end)}`), "to the limit"];
  return h("div", { class: "legend" },
    h("p", {}, "Share of the day’s cap"),
    h("ul", {},
      names.map((name, index) => h("li", {}, h("span", { class: "cell", "data-level": index }), name)),
      h("li", {}, h("span", { class: "cell", "data-level": "over" }), "over the limit")));
}
