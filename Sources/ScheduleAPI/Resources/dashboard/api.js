// Calls the service with the session's token.

/** A request that did not succeed. `status` is 0 where there was no answer. */
export class Problem extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The interface as one session sees it. */
export class Client {
  /**
   * @param token null for a service that asks for none.
   * @param onRefused called when the service does not know the token, or no longer.
   */
  constructor(token, organization, onRefused = () => {}) {
    this.token = token;
    this.organization = organization;
    this.onRefused = onRefused;
  }

  /** Reads JSON of the organisation. */
  get(path, signal) { return this.json("GET", this.path(path), undefined, signal); }

  /** Sends JSON to the organisation. */
  post(path, body) { return this.json("POST", this.path(path), body); }

  path(rest) { return `v1/orgs/${encodeURIComponent(this.organization)}${rest}`; }

  async json(method, path, body, signal) {
    const response = await this.send(method, path, body, signal);
    return response.status === 204 ? null : response.json();
  }

  /** The events of a server-sent stream, as `{name, data}`; `EventSource` could not send the token. */
  async *events(path, signal) {
    const response = await this.send("GET", this.path(path), undefined, signal);
    if (response.status === 204) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (text + value).split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const fields = new Map(block.split("\n").map((line) => line.split(/: ?(.*)/s, 2)));
        if (fields.has("data")) yield { name: fields.get("event"), data: JSON.parse(fields.get("data")) };
      }
    }
  }

  async send(method, path, body, signal) {
    const headers = {};
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(path, {
        method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store", credentials: "omit", redirect: "error",
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Problem(0, "The service does not answer.");
    }
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    if (response.status === 401) this.onRefused();
    throw new Problem(response.status, problem.detail ?? problem.title ?? `The service answered ${response.status}.`);
  }
}

const key = "email-scheduler";

/** The session of this tab, null where nobody has signed in. */
export function storedSession() {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

export const storeSession = (session) => sessionStorage.setItem(key, JSON.stringify(session));
export const forgetSession = () => sessionStorage.removeItem(key);
