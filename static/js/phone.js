/**
 * Alerts the patient when the call comes: buzzes and chimes, which a phone allows only after a tap.
 */
import { allow } from "./audio.js";
import { sound } from "./chime.js";

const BUZZ_MS = [400, 150, 400, 150, 600];

const button = document.getElementById("alert-me");
const call = () => document.getElementById("place").dataset.call;
let alerted = call();
let on = false;

button.addEventListener("click", async () => {
  if (on) return;
  on = true;
  button.setAttribute("aria-pressed", "true");
  button.querySelector("span").textContent = button.dataset.on;
  navigator.vibrate?.(100);
  await allow();
  stayAwake();
});

document.addEventListener("live:updated", () => {
  if (call() && call() !== alerted && on) {
    navigator.vibrate?.(BUZZ_MS);
    sound();
  }
  alerted = call();
});

/** A sleeping phone hears no call. */
async function stayAwake() {
  await navigator.wakeLock?.request("screen").catch(() => {});
}

document.addEventListener("visibilitychange", () => {
  if (on && document.visibilityState === "visible") stayAwake();
});
