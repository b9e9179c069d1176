/**
 * The console's keys and selection. What a key does is written on its button (`aria-keyshortcuts`), by the table in
 * kiosk/console/rules.py; this module only presses it.
 */
import { go, refetch, sending } from "./live.js";
import "./console-look.js";
import "./console-tell.js";

const FRESH_MS = 10_000; // waits grow, and calls stay unshown, without any event
const ARROWS = { "Alt+ArrowUp": -1, "Alt+ArrowDown": 1 };

const pressed = [];
let given = null;

/** The name of a key as the buttons write it: `Alt+N`, whatever letter the layout makes of it with Alt. */
function keyName(event) {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.getModifierState("AltGraph")) return null;
  const name = /^(?:Key([A-Z])|Digit([1-9])|(Arrow(?:Up|Down)))$/.exec(event.code)?.slice(1).find(Boolean);
  return name ? `Alt+${name}` : null;
}

const button = (key) => document.querySelector(`[aria-keyshortcuts="${key}"]`);

/** Do what the keys say, in their order. While an answer is awaited they wait: it may change buttons and selection. */
function pressAll() {
  while (pressed.length && !sending()) {
    const key = pressed.shift();
    if (key in ARROWS) select(ARROWS[key]);
    else press(button(key));
  }
}

function press(target) {
  if (!target) return;
  if (target.disabled) say(target.title || "Not possible now.");
  else if (target.matches("input")) target.select();
  else target.click();
}

document.addEventListener("live:updated", () => setTimeout(pressAll));
document.addEventListener("live:failed", () => { pressed.length = 0; }); // they were meant for what did not happen

/** Let a screen reader say it. */
function say(text) {
  document.getElementById("said").textContent = text;
}

const lines = () => [...document.querySelectorAll("a.line")].filter((line) => line.checkVisibility());

/** Select the patient above or below. */
async function select(step) {
  const all = lines();
  const now = all.findIndex((line) => "picked" in line.dataset);
  const next = all[Math.min(Math.max(now + step, 0), all.length - 1)];
  if (!next) return;
  const id = next.closest("li").id;
  await go(next.href);
  const line = document.getElementById(id)?.querySelector(".line");
  line?.scrollIntoView({ block: "nearest" });
  if (line) say(`Selected ${line.querySelector(".line__code").textContent} ${line.querySelector(".line__name").textContent}`);
}

function back() {
  const open = document.querySelector("details[name][open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
    return;
  }
  document.querySelector("[data-key=Escape]")?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const key = keyName(event);
  if (event.repeat && !(key in ARROWS)) return;
  if (event.key === "Escape") return back();
  if (!key || !(pressed.length || sending() || key in ARROWS || button(key))) return;
  event.preventDefault();
  pressed.push(key);
  pressAll();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-live-go]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href).then(() => showActing(link.hash));
});

/** On a phone, the list is below what it selects for. A link that leads to a part of it shows that part. */
function showActing(part) {
  const acting = document.getElementById("acting");
  if (acting.getBoundingClientRect().bottom < 0) acting.scrollIntoView();
  if (!part) return;
  document.querySelector(part)?.closest("section").scrollIntoView({ block: "nearest" });
  say(["code", "name", "insurance"].map((one) => acting.querySelector(`.subject__${one}`)?.textContent.trim()).join(" "));
}

/** What was typed for a ticket is kept until the ticket is given. */
document.addEventListener("live:updated", () => {
  if (!document.querySelector("[data-told]:not(.told--refused)")) return;
  given?.reset();
  given = null;
});

/** A list of choices that opens takes the keys; one that is open closes when something was done. */
document.addEventListener("toggle", (event) => {
  if (event.target.matches("details[name][open]")) {
    event.target.querySelector("form select, form input:not([type=hidden]), form button")?.focus();
    event.target.querySelector("form")?.scrollIntoView({ block: "nearest" });
  }
}, true);
document.addEventListener("submit", (event) => {
  event.target.closest("details[name]")?.removeAttribute("open");
  if (event.target.matches(".give__form")) given = event.target;
});
document.addEventListener("pointerdown", (event) => {
  // One that stands in the flow of the page would move what is being pressed.
  for (const open of document.querySelectorAll("details[name][open]:not([data-in-flow])")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

setInterval(() => { if (!document.hidden) refetch(); }, FRESH_MS);
