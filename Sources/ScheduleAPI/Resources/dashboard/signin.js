// Getting in: without a token where the service asks for none, else with one.

import { Client, Problem, storeSession } from "./api.js";
import { byID } from "./dom.js";

const messages = {
  401: "The access token is not known. It may have been deleted.",
  403: "The access token is for another organisation, or lacks the scope read.",
};

/**
 * Checks a token and finds the organisation to begin with: the one named, else the first of all.
 *
 * @param token null where the service may ask for none.
 * @returns the session: the token, the organisation, and all that may be chosen.
 * @throws Problem with a message for whoever signs in.
 */
export async function enter(token, id) {
  try {
    const all = await organizations(token);
    const organization = id || all?.[0]?.id;
    if (!organization && all) throw new Problem(404, "There is no organisation yet: POST /v1/orgs makes one.");
    if (!organization) throw new Problem(400, "Say which organisation the access token is for.");
    const opened = await new Client(token, organization).get("").catch((error) => {
      throw error.status === 404 ? new Problem(404, "There is no such organisation.") : error;
    });
    return { token, organization: opened.id, choices: all ?? [opened] };
  } catch (error) {
    throw new Problem(error.status ?? 0, messages[error.status] ?? error.message);
  }
}

/** All organisations; null for a token of a single one, which may not list them. */
async function organizations(token) {
  try {
    return (await new Client(token, "").json("GET", "v1/orgs?limit=1000")).items;
  } catch (error) {
    if (error.status === 403) return null;
    throw error;
  }
}

/** Shows the form, with a message where there is one to say. `onEnter` gets the session. */
export function showSignIn(message, onEnter) {
  byID("app").hidden = true;
  byID("sign-in").hidden = false;
  document.title = "Sign in – Email scheduler";
  say(message);
  const form = byID("sign-in-form");
  form.onsubmit = (event) => {
    event.preventDefault();
    submit(form, onEnter);
  };
  byID("token").focus();
}

async function submit(form, onEnter) {
  const token = form.token.value.trim();
  const organization = form.organization.value.trim();
  if (!token) return refuse("token", "Enter an access token.");
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const session = await enter(token, organization);
    storeSession({ token, organization: session.organization });
    form.reset();
    say("");
    onEnter(session);
  } catch (error) {
    refuse([400, 403, 404].includes(error.status) ? "organization" : "token", error.message);
  } finally {
    button.disabled = false;
  }
}

function refuse(field, message) {
  say(message);
  for (const name of ["token", "organization"]) byID(name).setAttribute("aria-invalid", String(name === field));
  byID(field).focus();
}

function say(message) {
  const line = byID("sign-in-message");
  line.textContent = message;
  line.hidden = !message;
  if (!message) for (const name of ["token", "organization"]) byID(name).removeAttribute("aria-invalid");
}
