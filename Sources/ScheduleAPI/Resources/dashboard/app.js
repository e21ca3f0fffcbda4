// The page: signs in, shows the overview or a contact, and keeps what is shown up to date.

import { Client, forgetSession, storedSession, storeSession } from "./api.js";
import { CalendarPanel } from "./calendar.js";
import { showCampaigns } from "./campaigns.js";
import { byID, failure, fill, h, heading, skeleton } from "./dom.js";
import { showFigures } from "./figures.js";
import { instant } from "./format.js";
import { RunsPanel, runsHeading } from "./runs.js";
import { ContactsView } from "./search.js";
import { enter, showSignIn } from "./signin.js";
import { showSkips } from "./skips.js";

/** How often what may have changed is asked for. */
const runsEvery_ms = 3_000;
const metricsEvery_ms = 30_000;

const ended = "The session has ended: the access token is no longer known.";

/** What is open; null before somebody has signed in. */
let page = null;

/** Everything that belongs to one organisation on the screen. */
class Page {
  constructor(session) {
    this.session = session;
    this.client = new Client(session.token, session.organization, () => leave(ended));
    this.runs = new RunsPanel(byID("runs"), this.client, () => this.loadOverview());
    this.calendar = new CalendarPanel(byID("calendar"));
    this.contacts = new ContactsView(byID("contacts"), this.client);
    this.timers = [];
  }

  start() {
    fill(byID("figures"), h("div", { class: "figures" }, Array.from({ length: 5 }, () => h("div", { class: "figure" }, skeleton(2)))));
    fill(byID("calendar"), heading("calendar-title", "Volume by day"), skeleton(7));
    fill(byID("skips"), heading("skips-title", "Why emails are skipped"), skeleton(6));
    fill(byID("runs"), runsHeading(), skeleton(6));
    fill(byID("campaigns"), heading("campaigns-title", "Campaigns"), skeleton(3));
    for (const id of ["figures", "calendar", "skips", "runs", "campaigns"]) byID(id).setAttribute("aria-busy", "true");
    this.showRoute(false);
    this.loadOverview();
    this.loadRuns();
    this.repeat(() => this.loadRuns(), runsEvery_ms);
    this.repeat(() => this.loadOverview(), metricsEvery_ms);
  }

  /** Calls again and again while the page is looked at. */
  repeat(action, interval_ms) {
    this.timers.push(setInterval(() => { if (!document.hidden) action(); }, interval_ms));
  }

  close() {
    this.timers.forEach(clearInterval);
    this.runs.close();
    this.contacts.close();
  }

  async loadRuns() {
    try {
      await this.runs.load();
      connected(true);
    } catch (error) {
      this.failed(error, "runs", runsHeading(), () => this.loadRuns());
    }
  }

  async loadOverview() {
    const [metrics, calendar] = await Promise.allSettled([this.client.get("/metrics"), this.client.get("/calendar")]);
    if (page !== this) return;
    const retry = () => this.loadOverview();
    if (metrics.status === "fulfilled") {
      showFigures(byID("figures"), metrics.value);
      showSkips(byID("skips"), metrics.value);
      showCampaigns(byID("campaigns"), metrics.value);
      byID("updated").textContent = `As of ${instant(metrics.value.generated_at)}`;
    } else {
      this.failed(metrics.reason, "figures", null, retry);
      this.failed(metrics.reason, "skips", heading("skips-title", "Why emails are skipped"), null);
      this.failed(metrics.reason, "campaigns", heading("campaigns-title", "Campaigns"), null);
    }
    if (calendar.status === "fulfilled") this.calendar.show(calendar.value, metrics.value?.today ?? calendar.value.from);
    else this.failed(calendar.reason, "calendar", heading("calendar-title", "Volume by day"), retry);
  }

  /** Says that something could not be loaded; what was loaded before stays. */
  failed(error, id, head, retry) {
    if (page !== this || error.status === 401) return;
    if (error.status === 0) connected(false);
    const root = byID(id);
    if (root.hasAttribute("aria-busy") || root.querySelector(".failed")) {
      fill(root, head, failure(error, retry));
    }
  }

  /** Shows what the address names. */
  showRoute(movesFocus = true) {
    const id = /^#\/contacts\/([1-9][0-9]*)$/.exec(location.hash)?.[1];
    this.view(id ? "contacts" : "overview");
    if (id) this.contacts.open(id);
    else if (movesFocus) byID("overview-title").focus({ preventScroll: true });
  }

  view(name) {
    byID("overview").hidden = name !== "overview";
    byID("contacts").hidden = name !== "contacts";
    window.scrollTo(0, 0);
  }

  async search(text) {
    this.view("contacts");
    const id = await this.contacts.search(text);
    if (id === null) return;
    if (location.hash === `#/contacts/${id}`) this.showRoute();
    else location.hash = `#/contacts/${id}`;
  }
}

/** Shows an organisation. */
function open(session) {
  page?.close();
  page = new Page(session);
  byID("sign-in").hidden = true;
  byID("app").hidden = false;
  byID("sign-out").hidden = session.token === null;
  const choice = byID("org-choice");
  choice.replaceChildren(...session.choices.map((organization) =>
    h("option", { value: organization.id }, organization.name || organization.id)));
  choice.value = session.organization;
  choice.disabled = session.choices.length < 2;
  choice.onchange = () => {
    const chosen = { ...session, organization: choice.value };
    if (session.token !== null) storeSession({ token: session.token, organization: chosen.organization });
    history.replaceState(null, "", "#/");
    open(chosen);
  };
  document.title = `${choice.selectedOptions[0]?.textContent ?? session.organization} – Email scheduler`;
  page.start();
}

/** Says whether the service answers. */
function connected(isConnected) {
  const line = byID("connection");
  line.hidden = isConnected;
  line.textContent = isConnected ? "" : "The service does not answer. This page tries again by itself.";
}

/** Ends the session and asks for another token. */
function leave(message) {
  page?.close();
  page = null;
  forgetSession();
  for (const id of ["figures", "calendar", "skips", "runs", "campaigns", "contacts"]) byID(id).replaceChildren();
  showSignIn(message, open);
}

async function begin() {
  // The service says in the page whether it asks for tokens.
  const isOpen = document.querySelector('meta[name="access"]').content === "open";
  const stored = storedSession();
  if (!isOpen && !stored?.token) return leave("");
  try {
    open(await enter(isOpen ? null : stored.token, stored?.organization ?? ""));
    connected(true);
  } catch (error) {
    if (error.status === 0 || error.status >= 500) {
      connected(false);
      setTimeout(begin, runsEvery_ms);
    } else {
      connected(true);
      leave(error.status === 401 ? ended : error.message);
    }
  }
}

byID("sign-out").onclick = () => leave("");
byID("search").onsubmit = (event) => {
  event.preventDefault();
  const text = byID("search-text").value.trim();
  if (text) page?.search(text);
};
byID("skip").onclick = (event) => {
  event.preventDefault();
  byID("app").hidden ? byID("token").focus() : byID("main").focus();
};
window.addEventListener("hashchange", () => page?.showRoute());
document.addEventListener("visibilitychange", () => { if (!document.hidden) page?.loadRuns(); });
begin();
