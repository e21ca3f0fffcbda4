// Finds contacts by what the interface can look up: id, e-mail address, external id.

import { empty, failure, fill, h, skeleton } from "./dom.js";
import { contactName, showContact } from "./contact.js";

/** Contacts that a text names: by id or external id where it is a number, by e-mail where it has an @. */
export async function findContacts(client, text, signal) {
  const found = new Map();
  const add = (contact) => contact && found.set(contact.id, contact);
  if (/^[1-9][0-9]{0,17}$/.test(text)) {
    try {
      add(await client.get(`/contacts/${text}`, signal));
    } catch (error) {
      if (error.status !== 404) throw error;
    }
  }
  const filter = text.includes("@") ? "email" : "external_id";
  const page = await client.get(`/contacts?${filter}=${encodeURIComponent(text)}&limit=50`, signal);
  page.items.forEach(add);
  return [...found.values()];
}

/** The view of what was found; a single contact is opened at once. */
export class ContactsView {
  #root;
  #client;
  #request = null;

  constructor(root, client) {
    this.#root = root;
    this.#client = client;
  }

  /** Stops what is being loaded. */
  close() { this.#request?.abort(); }

  /** Looks for contacts. Returns the id of the one that there is, null for none or several, which are listed. */
  async search(text) {
    const signal = this.#begin("Searching");
    try {
      const found = await findContacts(this.#client, text, signal);
      if (found.length === 1) return found[0].id;
      this.#list(text, found);
    } catch (error) {
      if (error.name !== "AbortError") this.#fail(error, () => this.search(text));
    }
    return null;
  }

  /** Opens a contact by its id. */
  async open(id) {
    const signal = this.#begin("Contact");
    try {
      const [contact, explanation, page] = await Promise.all([
        this.#client.get(`/contacts/${id}`, signal),
        this.#client.get(`/contacts/${id}/explain`, signal),
        this.#client.get(`/contacts/${id}/schedule?limit=1000`, signal),
      ]);
      showContact(this.#root, contact, explanation, page.items);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error.status === 404) this.#list(String(id), []);
      else this.#fail(error, () => this.open(id));
    }
    this.#focus();
  }

  #begin(title) {
    this.close();
    this.#request = new AbortController();
    fill(this.#root, this.#back(), this.#title(title), h("div", { class: "card" }, skeleton(8)));
    return this.#request.signal;
  }

  #list(text, found) {
    fill(this.#root, this.#back(),
      this.#title(found.length ? `${found.length} contacts for “${text}”` : "No contact found"),
      h("div", { class: "card" }, found.length
        ? h("ul", { class: "found" }, found.map((contact) => h("li", {},
          h("a", { href: `#/contacts/${contact.id}` }, contactName(contact)),
          h("span", { class: "muted" }, [contact.email, contact.external_id, `id ${contact.id}`].filter(Boolean).join(" · ")))))
        : empty(`Nobody has the id, e-mail address or external id “${text}”`,
          "Ids are whole numbers; e-mail addresses are looked up in full, in any case.")));
    this.#focus();
  }

  #fail(error, retry) {
    fill(this.#root, this.#back(), this.#title("Contact"), h("div", { class: "card" }, failure(error, retry)));
    this.#focus();
  }

  #back() { return h("nav", { "aria-label": "Way back" }, h("a", { href: "#/", class: "back" }, "← Overview")); }
  #title(text) { return h("h1", { id: "contacts-title", tabindex: -1 }, text); }
  #focus() { this.#root.querySelector("h1")?.focus({ preventScroll: true }); }
}
