/**
 * Every page by ear. A headset that is plugged in, or a key of the keypad, begins it; it ends, with its loudness, when the
 * check-in does. What is new on the page is said, then each control that the focus comes to; any key cuts that short.
 * What is personal is said into a headset only. Its jack tells that it is in, until it tells that it is out: one that a
 * patient left there is the next one's. A page that was loaded anew has heard nothing, and takes it that all can hear.
 *
 * On <html>: `data-speech` = headset | loudspeaker while it speaks.
 */
import { about, CONTROLS, named, squeezed, typed, words } from "./reading.js";

const WAKES = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Enter", "Escape", "F1"]);
const JACK = { F13: true, F14: false };
const COMMANDS = { F2: round, F13: again, F14: end, F15: again, F16: pause, F17: louder, F18: softer };
const MIDDLE = 5;
const QUIET_MS = 60_000;
const TYPING_MS = 200;

const html = document.documentElement;
const live = document.getElementById("live");
let plugged = false;
let voice = null;
let offline = null;
let step = MIDDLE;
let page = "";
let answered = "";
let heard = new Set();
let called = "";
let withheld = false;
let coming = null;
let touchedAt = 0;
let typedAt = -Infinity;
let wasPristine = true;
let pressed = "";
let sent = false;

const on = () => "speech" in html.dataset;
const tellWhere = () => { html.dataset.speech = plugged ? "headset" : "loudspeaker"; };
const pristine = () => live.dataset.idle === "0";

document.addEventListener("keydown", (event) => {
  touchedAt = event.timeStamp;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const command = COMMANDS[event.key];
  const wakes = WAKES.has(event.key) && live.dataset.step === "welcome" && !(event.key === "Enter" && touchedAt - typedAt < TYPING_MS);
  if (event.key.length === 1) typedAt = touchedAt; // a scanner that types ends with Enter
  if (command) event.preventDefault();
  plugged = JACK[event.key] ?? plugged;
  if (on()) tellWhere();
  if (on() && event.key !== "F16") voice?.hush();
  if (on() && (voice || command === end)) command?.();
  else if (on()) return;
  else if (command && command !== end) begin();
  else if (wakes) wake(event);
}, { capture: true });

/** The first key only wakes; the one for help calls for help, too. */
function wake(event) {
  if (!live.dataset.speech) return;
  if (event.key !== "F1") {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  begin();
}

async function begin() {
  if (!live.dataset.speech) return;
  tellWhere();
  [step, page] = [MIDDLE, ""];
  voice ??= await import("./voice.js");
  await voice.open();
  if (!on()) return;
  voice.setStep(step);
  look(["voice-start"]);
  offline = await voice.prepare(written(document.querySelector(".kiosk__offline")));
}

function end() {
  delete html.dataset.speech;
  voice?.close();
}

function again() {
  page = "";
  look();
}

function pause() {
  if (voice.speaking()) voice.hush();
  else voice.goOn();
}

/** One key for the loudness goes round. */
function round() {
  set((step % voice.STEPS) + 1);
}

function louder() {
  set(Math.min(step + 1, voice.STEPS));
}

function softer() {
  set(Math.max(step - 1, 1));
}

function set(wanted) {
  step = wanted;
  voice.setStep(step);
  const here = document.activeElement;
  voice.say(audible(here.matches(CONTROLS) ? named(here) : [written(document.getElementById("question"))]));
}

/* What is said, and when */

/** Several changes at once, of the page and of the focus, are one. */
function soon() {
  coming ??= setTimeout(() => {
    coming = null;
    if (on() && voice) look();
  });
}

/** Say what is new on the page, or all of a dialog over it; then the control that now has the focus. */
function look(before = []) {
  const dialog = live.querySelector("dialog[open]");
  const { pieces, cuts } = dialog ? { pieces: words(dialog), cuts: true } : news();
  const said = [...before.map((id) => written(document.getElementById(id))), ...pieces];
  const known = new Set(said.map(key));
  const name = focused(cuts).filter((piece) => !known.has(key(piece)));
  said.push(...name);
  if (!said.length) return;
  const toldAlready = withheld;
  withheld = !plugged && !cuts && said.every((piece) => piece.personal);
  if (withheld && toldAlready) voice.tick();
  else if (cuts || name.length) voice.say(audible(said));
  else voice.add(audible(said));
}

/** What came to the page since it was last looked at: all of a new one. After each answer what is wrong is new. */
function news() {
  const now = `${live.dataset.step} ${html.lang}`;
  const turned = page !== now;
  const replied = sent || answered !== live.dataset.record;
  const known = turned ? new Set() : heard;
  const all = words(live);
  [page, sent, answered, heard] = [now, false, live.dataset.record, new Set(all.map(key))];
  return { pieces: all.filter((piece) => !known.has(key(piece)) || (replied && piece.rank === 0)), cuts: turned || replied };
}

/** The control with the focus and what stands in it, unless it was said last. */
function focused(anew) {
  const control = document.activeElement.closest(CONTROLS);
  const name = control ? named(control) : [];
  const known = !anew && called === name.map(key).join();
  called = name.map(key).join();
  if (known) return [];
  return control?.matches("input") && control.value ? [...name, typed(control)] : name;
}

const key = (piece) => piece.texts.join();

const written = (element) => ({ ...about(element), texts: [squeezed(element.textContent)] });

/** Over a loudspeaker, that something is personal is all that is said of it, once; then it ticks. */
function audible(pieces) {
  if (plugged) return pieces;
  const instead = written(document.getElementById("voice-private"));
  const said = pieces.map((piece) => (piece.personal ? instead : piece));
  return said.filter((piece, place) => piece !== instead || said[place - 1] !== instead);
}

/** What was typed is said into a headset; a loudspeaker ticks. */
function echo(pieces) {
  if (!on() || !voice) return;
  if (plugged) voice.say(pieces);
  else voice.tick();
}

live.addEventListener("click", ({ target }) => {
  const letter = target.closest("[data-key]");
  if (letter) echo(named(letter));
  else if (target.closest("[data-delete]")) setTimeout(() => echo([typed(live.querySelector(".kiosk__input"))]));
  const button = target.closest("[data-voice]");
  if (!button) return;
  if (button.dataset.voice === "listen" && !on()) begin();
  else if (on()) ({ again, louder, softer, end })[button.dataset.voice]?.();
});

document.addEventListener("keydown", (event) => {
  const field = live.querySelector(".kiosk__input");
  if (!field || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Backspace") setTimeout(() => echo([typed(field)]));
  else if (event.key.length === 1 && event.key !== " ") echo([{ ...about(field), texts: [event.key] }]);
});

document.addEventListener("pointerdown", (event) => { touchedAt = event.timeStamp; }, { capture: true });
document.addEventListener("focusin", soon);
document.addEventListener("submit", ({ submitter }) => { pressed = submitter?.value ?? ""; }, { capture: true });
document.addEventListener("live:updated", () => {
  sent ||= pressed !== "";
  if (on() && pristine() && !wasPristine && pressed !== "start_over") end();
  [wasPristine, pressed] = [pristine(), ""];
  soon();
});
document.addEventListener("live:connection", ({ detail }) => { if (on() && offline && detail.state === "lost") voice.say([offline]); });
document.addEventListener("live:failed", () => { if (on() && offline) voice.say([offline]); });

/** Who woke it and went away, has ended. */
setInterval(() => {
  if (on() && pristine() && !voice?.speaking() && performance.now() - touchedAt > QUIET_MS) end();
}, 1000);
