// Runs of the scheduler: the latest ones, live progress, start and cancel.

import { announce, empty, fill, h, heading, share } from "./dom.js";
import { count, date, duration, instant, number, percent, runKind, since, word } from "./format.js";

const shown = 8;
const isOver = (run) => !["queued", "running"].includes(run.state);
const tone = { completed: "good", failed: "bad", cancelled: "warn", running: "live", queued: "calm" };

/** The panel. It asks for the list again and again, and follows the run that is carried out by its events. */
export class RunsPanel {
  #root;
  #client;
  #onFinished;
  #runs = new Map();
  #following = null;
  #mayStart = true;
  #message = "";
  #opened = new Set();
  #isLoaded = false;

  /** @param onFinished called when a run has ended that had not when it was seen first. */
  constructor(root, client, onFinished) {
    this.#root = root;
    this.#client = client;
    this.#onFinished = onFinished;
  }

  /** Stops to follow. */
  close() { this.#following?.controller.abort(); }

  /** Reads the list. */
  async load() {
    const page = await this.#client.get(`/scheduler-runs?limit=${shown}`);
    const before = this.#runs;
    this.#runs = new Map(page.items.map((run) => [run.id, run]));
    // The events of the run that is followed are newer than a list that was on its way.
    const followed = before.get(this.#following?.id);
    const listed = this.#runs.get(followed?.id);
    if (listed && followed.state === "running" && !isOver(listed)) {
      listed.state = followed.state;
      listed.progress = followed.progress;
    }
    const finished = page.items.filter((run) => isOver(run) && before.has(run.id) && !isOver(before.get(run.id)));
    const isNew = this.#isLoaded && page.items.some((run) => isOver(run) && !before.has(run.id));
    this.#isLoaded = true;
    this.#draw();
    this.#follow();
    for (const run of finished) announce(`Run ${run.id} ${run.state}.`);
    if (finished.length || isNew) this.#onFinished();
  }

  /** Follows the oldest run that has not ended, one at a time: browsers open few connections to one host. */
  async #follow() {
    const next = [...this.#runs.values()].reverse().find((run) => !isOver(run));
    if (!next || this.#following) return;
    const controller = new AbortController();
    this.#following = { id: next.id, controller };
    try {
      for await (const { name, data } of this.#client.events(`/scheduler-runs/${next.id}/events`, controller.signal)) {
        const run = this.#runs.get(next.id);
        if (!run) break;
        if (name === "progress") {
          run.state = data.state;
          run.progress = { contacts_done: data.contacts_done, contacts_total: data.contacts_total };
          this.#showProgress(run);
        }
        if (name === "state") break;
      }
      this.#following = null;
      if (!controller.signal.aborted) await this.load();
    } catch {
      // The next reading of the list tells how it stands, and follows again.
      this.#following = null;
    }
  }

  #draw() {
    const runs = [...this.#runs.values()];
    fill(this.#root,
      h("div", { class: "card-head with-action" },
        h("h2", { id: "runs-title" }, "Runs"),
        this.#mayStart
          ? h("button", { type: "button", id: "start-run", onclick: () => this.#start() }, "Start a full run")
          : null),
      this.#message ? h("p", { class: "message", role: "alert" }, this.#message) : null,
      runs.length === 0
        ? empty("No run yet", "A full run plans a year of emails for every contact.")
        : h("ol", { class: "runs", id: "run-list" }, runs.map((run) => this.#row(run))));
  }

  #row(run) {
    return h("li", { class: "run", "data-run": run.id, "data-state": run.state },
      h("div", { class: "run-line" },
        h("span", { class: "run-name" }, `${runKind(run.kind)} ${run.id}`, run.dry_run ? " (dry run)" : ""),
        h("span", { class: `badge ${tone[run.state] ?? "calm"}` }, word(run.state)),
        h("span", { class: "run-when muted", title: instant(run.created_at) }, since(run.finished_at ?? run.created_at))),
      isOver(run) ? this.#outcome(run) : this.#progress(run));
  }

  #progress(run) {
    return h("div", { class: "run-live" }, ...progressParts(run),
      this.#mayStart
        ? h("button", {
          type: "button", class: "quiet", id: `cancel-${run.id}`, disabled: run.cancel_requested,
          onclick: () => this.#cancel(run),
        }, run.cancel_requested ? "Stops after its batch" : "Cancel")
        : null);
  }

  /** Moves the bar on. What stands beside it stays, so that it can be clicked. */
  #showProgress(run) {
    const live = this.#root.querySelector(`[data-run="${run.id}"][data-state="${run.state}"] .run-live`);
    if (!live) return this.#draw();
    progressParts(run).forEach((part, index) => live.children[index].replaceWith(part));
  }

  #outcome(run) {
    const report = run.report;
    const took = run.started_at && run.finished_at ? new Date(run.finished_at) - new Date(run.started_at) : null;
    const phases = Object.entries(report?.durations_ms ?? {}).filter(([, value]) => typeof value === "number");
    const total = phases.reduce((sum, [, value]) => sum + value, 0);
    const line = [
      `for ${date(run.today)}`,
      report ? count(report.contacts_processed, "contact") : null,
      phases.length ? duration(total) : took === null ? null : duration(took),
    ].filter(Boolean).join(" · ");
    return [
      h("p", { class: "run-meta muted" }, line),
      run.error ? h("p", { class: "run-error" }, run.error) : null,
      report ? this.#report(run, phases, total) : null,
    ];
  }

  /** What a run has changed; unfolded, where its time went. */
  #report(run, phases, total) {
    const { batches } = run.report;
    const toggle = (event) => this.#opened[event.target.open ? "add" : "delete"](run.id);
    return h("details", { class: "report", open: this.#opened.has(run.id), ontoggle: toggle },
      h("summary", { id: `report-${run.id}` },
        ["inserted", "updated", "deleted", "unchanged"]
          .filter((name) => run.report[name] || name === "unchanged")
          .map((name) => h("span", { "data-change": name }, `${number(run.report[name] ?? 0)} ${name}`))),
      h("ul", { class: "bars" }, phases.map(([name, value]) => h("li", {},
        h("span", { class: "bar-name" }, word(name)),
        h("span", { class: "bar", "aria-hidden": "true", vars: { share: share(value, total) } }),
        h("span", { class: "bar-value" }, duration(value))))),
      batches?.count ? h("p", { class: "muted" },
        `${count(batches.count, "batch", "batches")}, ${duration(batches.median_ms)} as a rule, ${duration(batches.max_ms)} at most`) : null);
  }

  async #start() {
    await this.#change(() => this.#client.post("/scheduler-runs", { kind: "full" }), "A run is asked for.");
  }

  async #cancel(run) {
    await this.#change(() => this.#client.post(`/scheduler-runs/${run.id}/cancel`), `Run ${run.id} is being stopped.`);
  }

  async #change(request, said) {
    this.#message = "";
    try {
      await request();
      announce(said);
      await this.load();
    } catch (error) {
      if (error.status === 403) this.#mayStart = false;
      this.#message = error.status === 403 ? "Your access token does not allow to start or stop runs." : error.message;
      this.#draw();
    }
  }
}

/** How far a run is, as a bar and in words. */
function progressParts(run) {
  const { contacts_done: done, contacts_total: total } = run.progress;
  const label = run.state === "queued" ? "Waits for a worker" : `${number(done)} of ${count(total, "contact")}`;
  const bar = h("div", {
    class: "progress", role: "progressbar", "aria-label": `Run ${run.id}`, "aria-valuemin": 0,
    "aria-valuemax": total || 1, "aria-valuenow": done, "aria-valuetext": label,
  }, h("span", { vars: { share: share(done, total) } }));
  return [bar, h("span", { class: "muted" }, label, total ? `, ${percent(done / total)}` : "")];
}

/** What is shown until the list is there. */
export const runsHeading = () => heading("runs-title", "Runs");
