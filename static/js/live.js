/**
 * Keeps #live as the server has it. The only user of Socket.IO, and of Trusted Types.
 *
 * Markup: `<main id="live" data-version>` is refetched and morphed; a form with `data-live-form` is sent without leaving
 * the page; inside `data-live-keep` nothing is touched; while a person works in `data-live-hold`, nothing moves.
 * On <html>: `data-connection` = live | stale | lost (heard nothing for 8 / 30 s), shown in `[data-connection-age]`, and
 * `data-live-waiting` while something newer waits for a hand to leave.
 * Events on document: `live:updated` after each morph, `live:waiting` when a newer picture is held back,
 * `live:connection` when that state changes, `live:failed` when a form could not be sent, or another
 * address not be shown.
 */
import { io } from "../vendor/socket.io.esm.min.js";
import { held } from "./held.js";

const POLL_MS = 5000;
const STALE_S = 8;
const LOST_S = 30;
const SEND_TRIES = 3;
const WALL = ".kiosk-body, .board-screen";

const { Idiomorph } = globalThis; // a plain script: as a module it comes in its full length only
const html = document.documentElement;
const trusting = { createHTML: (text) => text };
const policy = globalThis.trustedTypes?.createPolicy("live", trusting) ?? trusting; // phones may lack Trusted Types
const parse = (text) => new DOMParser().parseFromString(policy.createHTML(text), "text/html");
const live = () => document.getElementById("live");
const shown = () => Number(live().dataset.version);
const elsewhere = (response) => response.redirected && new URL(response.url).pathname !== location.pathname;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));

let heardAt = performance.now();
let asked = shown();
let etag = null;
let fetching = null;
let again = false;
let waiting = null;
let answers = 0;
let underway = 0;

/** Replace what changed; keep focus, what somebody is typing, and what belongs to the page's own scripts. */
function morph(fresh) {
  waiting = null;
  html.removeAttribute("data-live-waiting");
  if (fresh.documentElement.lang) {
    [html.lang, html.dir] = [fresh.documentElement.lang, fresh.documentElement.dir];
    document.body.className = fresh.body.className;
    document.title = fresh.title;
  }
  Idiomorph.morph(live(), fresh.getElementById("live"), {
    restoreFocus: true,
    callbacks: {
      beforeNodeMorphed: (old) => !(old instanceof Element && old.hasAttribute("data-live-keep")),
      beforeAttributeUpdated: (name, node) => name !== "aria-busy" && !(name === "value" && edited(node)) && !(name === "open" && node instanceof HTMLDetailsElement),
    },
  });
  tell("updated", { version: shown() });
}

function edited(node) {
  const field = node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement;
  return field && node.type !== "hidden" && node.value !== node.defaultValue;
}

/** Show a newer picture now, or once the person has taken their hand away. An answer under way is newer than any look. */
function show(fresh) {
  if (!fresh.getElementById("live")) return;
  if (sending()) {
    again = true;
    return;
  }
  if (!held()) return morph(fresh);
  waiting = fresh;
  html.setAttribute("data-live-waiting", "");
  tell("waiting", { fresh });
}

/** Look at this page again; calls that come meanwhile, or while an answer is awaited, become one more look. */
export function refetch() {
  again = true;
  settle();
}

function settle() {
  if (!again || fetching || sending()) return;
  again = false;
  fetching = look().catch(() => {}).finally(() => {
    fetching = null;
    settle();
  });
}

/** Show another address of this page, at once: a person asked for it. */
export function go(address) {
  history.replaceState(null, "", address);
  etag = null;
  return awaiting(() => look(morph)).catch(() => tell("failed", {}));
}

async function look(put = show) {
  const [address, before] = [location.href, answers];
  const headers = { "X-Live": "look", Accept: "text/html", ...(etag && { "If-None-Match": etag }) };
  const response = await fetch(address, { headers, signal: AbortSignal.timeout(POLL_MS * 2) });
  if (elsewhere(response)) return location.assign(response.url);
  if ([401, 403, 404, 410].includes(response.status)) return location.reload();
  if (response.status !== 304 && !response.ok) throw new Error(`The server answered ${response.status}.`);
  heard();
  if (response.status === 304) return;
  const fresh = parse(await response.text());
  if (address !== location.href || before !== answers) {
    again = true; // the answer to a form was faster, and is newer
    return;
  }
  etag = sending() ? null : response.headers.get("ETag");
  put(fresh);
}

/** Send a form without leaving the page. A second tap does nothing; the command id makes asking again harmless. */
async function send(form, submitter) {
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const data = new FormData(form, submitter);
  const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
  await awaiting(() => answer(form, submitter, body)).catch(() => tell("failed", { form }));
  form.ariaBusy = null;
}

async function answer(form, submitter, body) {
  const response = await post(submitter?.getAttribute("formaction") ?? form.action, body);
  if (elsewhere(response)) return location.assign(response.url);
  const fresh = parse(await response.text());
  const refused = response.status >= 500 || [400, 401, 403].includes(response.status);
  if (refused || !fresh.getElementById("live")) return plainly(form, submitter);
  etag = response.headers.get("ETag"); // the nudge that follows brings nothing new to this page
  heard();
  answers += 1;
  if (response.redirected) history.replaceState(null, "", response.url);
  morph(fresh);
}

/** Whether an answer is still awaited. A look in the meantime may have changed the form itself. */
export const sending = () => underway > 0;

async function awaiting(work) {
  underway += 1;
  try {
    return await work();
  } finally {
    underway -= 1;
    settle();
  }
}

async function post(address, body) {
  const headers = { Accept: "text/html", "X-Live": "send" };
  for (let tries = 1; ; tries++) {
    try {
      return await fetch(address, { method: "POST", body, headers, signal: AbortSignal.timeout(10_000) });
    } catch (error) {
      if (tries === SEND_TRIES) throw error;
      await sleep(250 * 2 ** tries);
    }
  }
}

/** Let the browser send it, so that the person sees the server's own words. */
function plainly(form, submitter) {
  if (submitter?.name) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
  }
  if (submitter?.hasAttribute("formaction")) form.action = submitter.formAction;
  HTMLFormElement.prototype.submit.call(form);
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.matches("[data-live-form]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

/** Something came from the server: the picture is of now. Heartbeats come every 5 s; a look is as good. */
function heard() {
  heardAt = performance.now();
  age();
}

function age() {
  const seconds = Math.round((performance.now() - heardAt) / 1000);
  const state = seconds < STALE_S ? "live" : seconds < LOST_S ? "stale" : "lost";
  for (const place of document.querySelectorAll("[data-connection-age]")) {
    if (place.textContent !== String(seconds)) place.textContent = seconds;
  }
  if (html.dataset.connection === state) return;
  html.dataset.connection = state;
  tell("connection", { state, age: seconds });
}

setInterval(() => {
  age();
  if (waiting && !held() && !sending()) morph(waiting);
}, 250);
setInterval(() => {
  if (!socket.connected) refetch();
}, POLL_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refetch();
});

const socket = io({ transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 5000, randomizationFactor: 0.8 });

socket.on("connect", () => {
  heard();
  painted();
  refetch();
});
socket.on("disconnect", (reason) => {
  // The client comes back by itself, but not when it was the server who hung up, as it does when it restarts.
  if (reason === "io server disconnect") setTimeout(() => socket.connect(), 500 + Math.random() * 3000);
});
socket.on("heartbeat", ({ version }) => {
  heard();
  painted();
  if (version === shown() || version === asked) return;
  asked = version;
  refetch();
});
socket.on("nudge", ({ version, html: picture }) => {
  heard();
  if (version !== null && version <= shown()) return;
  asked = version ?? asked;
  if (picture) show(parse(picture));
  else refetch();
});
socket.on("revoked", () => location.reload());

/**
 * A screen on a wall tells that it drew a frame: its box starts a browser again that lives but shows nothing. The second
 * frame is asked for when the first was really drawn; a hidden page draws none.
 */
function painted() {
  if (!document.body.matches(WALL)) return;
  requestAnimationFrame(() => requestAnimationFrame(() => socket.emit("painted", {})));
}

/** A board tells that it showed and sounded a call. */
export function announced(ticket, calledAt) {
  socket.emit("announced", { ticket, called_at: calledAt });
}
