/**
 * A scanner that types into this page, for stations without a device host (`wedge = true`). Its keys come faster than
 * anybody types: they are held back until that is known, then sent as one scan, or handed on to the page as typing.
 */
import { refetch } from "../live.js";

const BURST_MS = 35;
const SILENCE_MS = 120;
const SHORTEST = 6;
const LONGEST_BYTES = 4096;
const SILENT = new Set(["Shift", "Control", "Alt", "AltGraph", "CapsLock", "NumLock"]);
const CONTROLS = { "[": 0x1b, "\\": 0x1c, "]": 0x1d, "^": 0x1e, 6: 0x1e, _: 0x1f, "-": 0x1f, "@": 0x00, 2: 0x00 };
// Licences, ISO 15434, magnetic stripes, the lines of a passport: Enter is data there.
const MULTILINE = /^(\][A-Za-z][0-9A-Za-z])?(@|\[\)>|%|(?=[0-9A-Z]*[<;])[ACIPV][0-9A-Z<;]{29})/;

const handedOn = new WeakSet();
let held = [];
let text = "";
let readable = true;
let last = 0;
let timer = null;

document.addEventListener("keydown", (event) => {
  if (handedOn.has(event)) return;
  const gap = event.timeStamp - last;
  if (held.length && gap > (isScan() ? SILENCE_MS : BURST_MS)) end();
  if (!held.length && !starts(event)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  last = event.timeStamp;
  clearTimeout(timer);
  if (!SILENT.has(event.key)) take(event);
  if (held.length) timer = setTimeout(end, isScan() ? SILENCE_MS : BURST_MS + 5);
}, { capture: true });

/** Only a sign can be the first of a scan; keys that move, press or change something are never held back. */
function starts(event) {
  return event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat;
}

function take(event) {
  if (event.key === "Enter" && isScan() && !MULTILINE.test(text)) return end();
  const char = meant(event);
  if (char === null || text.length >= LONGEST_BYTES) readable = false;
  else text += char;
  held.push(event);
}

function meant({ key, ctrlKey }) {
  if (key === "Enter") return "\r";
  if (key === "Tab") return "\t";
  if (key.length !== 1) return null;
  if (!ctrlKey) return key;
  if (/^[a-z]$/i.test(key)) return String.fromCharCode(key.toUpperCase().charCodeAt(0) - 0x40);
  return key in CONTROLS ? String.fromCharCode(CONTROLS[key]) : null;
}

const isScan = () => held.length >= SHORTEST;

function end() {
  const [events, scan] = [held, readable ? text.replace(/\r$/, "") : ""];
  clearTimeout(timer);
  const whole = events.length >= SHORTEST;
  [held, text, readable] = [[], "", true];
  if (whole) send(scan);
  else events.forEach(handOn);
}

/** As if nobody had held it back. */
function handOn(event) {
  const { target, key } = event;
  const again = new KeyboardEvent("keydown", { key, code: event.code, bubbles: true, cancelable: true, shiftKey: event.shiftKey });
  handedOn.add(again);
  const free = target.dispatchEvent(again);
  if (!free || !target.matches("input, textarea") || key.length !== 1) return;
  if (target.maxLength >= 0 && target.value.length >= target.maxLength) return;
  target.setRangeText(key, target.selectionStart, target.selectionEnd, "end");
  target.dispatchEvent(new InputEvent("input", { bubbles: true, data: key, inputType: "insertText" }));
}

async function send(scan) {
  const body = new FormData();
  const bytes = new TextEncoder().encode(scan);
  body.set("csrf_token", document.querySelector("[name=csrf_token]").value);
  body.set("id", Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""));
  body.set("data", bytes.length > LONGEST_BYTES ? "" : btoa(String.fromCharCode(...bytes)));
  try {
    await fetch(`${location.pathname}/scan`, { method: "POST", body });
  } catch {
    document.dispatchEvent(new CustomEvent("live:failed"));
  }
  refetch();
}
