// Elements. Data only ever becomes text nodes and attribute values, so it cannot become markup.

/**
 * Makes an element.
 *
 * A function among the attributes listens to the event named by it (`onclick`); `vars` sets custom properties, for
 * lengths of bars; null, undefined and false leave an attribute out.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "vars") for (const key in value) element.style.setProperty(`--${key}`, value[key]);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The element with an id of the page's own. */
export const byID = (id) => document.getElementById(id);

/** Puts children in the place of what an element holds; what had the focus inside, by its id, has it again. */
export function fill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.replaceChildren(...children.flat().filter(Boolean));
  element.removeAttribute("aria-busy");
  if (focused) byID(focused)?.focus({ preventScroll: true });
}

/** Says something to those who listen instead of looking. */
export const announce = (text) => { byID("announcer").textContent = text; };

/** A number's share of another as a length of a bar. */
export const share = (part, whole) => `${whole > 0 ? Math.min(100, (part / whole) * 100) : 0}%`;

/** A card's heading with a line below. */
export const heading = (id, title, note) =>
  h("div", { class: "card-head" }, h("h2", { id }, title), note ? h("p", { class: "muted" }, note) : null);

/** What a panel shows that has nothing to show. */
export const empty = (title, text) => h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), h("p", {}, text));

/** What a panel shows while it waits. */
export const skeleton = (rows) =>
  h("div", { class: "skeleton", "aria-hidden": "true" }, Array.from({ length: rows }, () => h("span")));

/** What a panel shows that could not be loaded. */
export const failure = (error, retry) =>
  h("div", { class: "empty failed", role: "alert" },
    h("p", { class: "empty-title" }, "This could not be loaded"),
    h("p", {}, error.message),
    retry ? h("button", { type: "button", onclick: retry }, "Try again") : null);
