/**
 * Keeps #live as the server has it. The only user of Socket.IO, and of Trusted Types.
 *
 * Markup: `<main id="live" data-version>` is refetched and morphed; a form with `data-live-form` is sent without leaving
 * the page; inside `data-live-keep` nothing is touched; while a person works in `data-live-hold`, nothing moves.
 * On <html>: `data-connection` = live | stale | lost (heard nothing for 8 / 30 s), shown in `[data-connection-age]`.
 * Events on document: `live:updated` after each morph, `live:waiting` when a newer picture is held back,
 * `live:connection` when that state changes, `live:failed` when a form could not be sent.
 */
import { Idiomorph } from "../vendor/idiomorph.esm.js";
import { io } from "../vendor/socket.io.esm.min.js";

const POLL_MS = 5000;
const STALE_S = 8;
const LOST_S = 30;
const HOLD_AFTER_MS = 1500;
const HOLD_STILL_MS = 6000;
const SEND_TRIES = 3;

const html = document.documentElement;
const policy = globalThis.trustedTypes?.createPolicy("live", { createHTML: (text) => text }) ?? { createHTML: (text) => text };
const parse = (text) => new DOMParser().parseFromString(policy.createHTML(text), "text/html");
const shown = () => Number(document.getElementById("live").dataset.version);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let heardAt = performance.now();
let asked = shown();
let etag = null;
let fetching = null;
let again = false;
let waiting = null;

/** Replace what changed; keep focus, what somebody is typing, and what belongs to the page's own scripts. */
function morph(fresh) {
  waiting = null;
  html.removeAttribute("data-live-waiting");
  if (fresh.body.className) document.body.className = fresh.body.className;
  for (const name of ["lang", "dir"]) if (fresh.documentElement[name]) html[name] = fresh.documentElement[name];
  if (fresh.title) document.title = fresh.title;
  Idiomorph.morph(document.getElementById("live"), fresh.getElementById("live"), {
    restoreFocus: true,
    callbacks: {
      beforeNodeMorphed: (old, next) => !(old instanceof Element && old.hasAttribute("data-live-keep") && next.hasAttribute("data-live-keep")),
      beforeAttributeUpdated: (name, node) => !(name === "value" && edited(node)) && !(name === "open" && node instanceof HTMLDetailsElement),
    },
  });
  document.dispatchEvent(new CustomEvent("live:updated", { detail: { version: shown() } }));
}

function edited(node) {
  return (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement) && node.type !== "hidden" && node.value !== node.defaultValue;
}

/** Show a newer picture now, or once the person has taken their hand away. */
function show(fresh) {
  if (!fresh.getElementById("live")) return;
  if (!held()) return morph(fresh);
  waiting = fresh;
  html.setAttribute("data-live-waiting", "");
  document.dispatchEvent(new CustomEvent("live:waiting", { detail: { fresh } }));
}

let touchedAt = -Infinity;
let leftAt = -Infinity;
const inHold = (target) => target instanceof Element && target.closest("[data-live-hold]");
for (const kind of ["pointermove", "pointerdown", "keydown", "focusin"]) {
  document.addEventListener(kind, (event) => { if (inHold(event.target)) touchedAt = performance.now(); }, { passive: true });
}
for (const kind of ["pointerout", "focusout"]) {
  document.addEventListener(kind, (event) => { if (inHold(event.target) && !inHold(event.relatedTarget)) leftAt = performance.now(); });
}
function held() {
  const now = performance.now();
  const inside = document.querySelector("[data-live-hold]:hover, [data-live-hold]:focus-within");
  return now - leftAt < HOLD_AFTER_MS || (inside && now - touchedAt < HOLD_STILL_MS);
}

/** Fetch this page again; calls that come meanwhile become one more fetch. */
export async function refetch() {
  if (fetching) { again = true; return fetching; }
  fetching = look().catch(() => {}).finally(() => {
    fetching = null;
    if (again) { again = false; refetch(); }
  });
  return fetching;
}

async function look(put = show) {
  const address = location.href;
  const headers = { "X-Live": "look", Accept: "text/html", ...(etag && { "If-None-Match": etag }) };
  const response = await fetch(address, { headers, signal: AbortSignal.timeout(POLL_MS * 2) });
  if (response.redirected && elsewhere(response.url)) return location.assign(response.url);
  if ([401, 403, 404, 410].includes(response.status)) return location.reload();
  if (response.status !== 304 && !response.ok) return;
  heard();
  if (response.status === 304) return;
  const fresh = parse(await response.text());
  if (address !== location.href) { again = true; return; }
  etag = response.headers.get("ETag");
  put(fresh);
}

/** Show another address of this page, at once: a person asked for it. */
export function go(address) {
  history.replaceState(null, "", address);
  etag = null;
  return look(morph).catch(() => {});
}

const elsewhere = (url) => new URL(url).pathname !== location.pathname;

/** Send a form without leaving the page. A second tap does nothing; a lost answer is asked for again by the same command id. */
async function send(form, submitter) {
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const data = new FormData(form, submitter);
  const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
  const action = submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
  try {
    const response = await post(action, body);
    const fresh = parse(await response.text());
    if (elsewhere(response.url) && response.redirected) return location.assign(response.url);
    if (!fresh.getElementById("live") || response.status >= 500 || [400, 401, 403].includes(response.status)) return plainly(form, submitter);
    heard();
    etag = null;
    if (response.redirected) history.replaceState(null, "", response.url);
    morph(fresh);
  } catch {
    document.dispatchEvent(new CustomEvent("live:failed", { detail: { form } }));
  }
  form.ariaBusy = null;
}

async function post(action, body) {
  for (let tries = 1; ; tries++) {
    try {
      return await fetch(action, { method: "POST", body, headers: { Accept: "text/html", "X-Live": "send" }, signal: AbortSignal.timeout(10_000) });
    } catch (error) {
      if (tries === SEND_TRIES) throw error;
      await sleep(500 * 2 ** tries);
    }
  }
}

/** Let the browser send it, so that the person sees the server's own words. */
function plainly(form, submitter) {
  if (submitter?.name) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value });
    form.append(field);
  }
  if (submitter?.hasAttribute("formaction")) form.action = submitter.formAction;
  form.submit();
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.matches("[data-live-form]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

/** Say how old the picture is. Heartbeats come every 5 s; a poll that succeeds is as good. */
function heard() {
  heardAt = performance.now();
  tell();
}

function tell() {
  const age = Math.round((performance.now() - heardAt) / 1000);
  const state = age < STALE_S ? "live" : age < LOST_S ? "stale" : "lost";
  for (const place of document.querySelectorAll("[data-connection-age]")) {
    if (place.textContent !== String(age)) place.textContent = age;
  }
  if (html.dataset.connection === state) return;
  html.dataset.connection = state;
  document.dispatchEvent(new CustomEvent("live:connection", { detail: { state, age } }));
}

setInterval(() => {
  tell();
  if (waiting && !held()) morph(waiting);
}, 250);

const socket = io({ transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 5000, randomizationFactor: 0.8 });

socket.on("connect", () => { heard(); refetch(); });
socket.on("heartbeat", ({ version }) => {
  heard();
  if (version !== shown() && version !== asked) { asked = version; refetch(); }
});
socket.on("nudge", ({ version, html: picture }) => {
  heard();
  if (version !== null && version <= shown()) return;
  if (version !== null) asked = version;
  if (picture) show(parse(picture)); else refetch();
});
socket.on("revoked", () => location.reload());

setInterval(() => { if (!socket.connected) refetch(); }, POLL_MS);

/** A board tells that it showed and sounded a call. */
export function announced(ticket, calledAt) {
  socket.emit("announced", { ticket, called_at: calledAt });
}
