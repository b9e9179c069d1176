/** What the coordinator hears and is told: results by a screen reader, a sound for somebody who wants help, held-back news. */
const said = document.getElementById("said");
const sound = document.querySelector("[data-sound]");
const ids = (root, selector) => new Set([...root.querySelectorAll(selector)].map((item) => item.id));
const KEY = "console-sound";
const NOTES_HZ = [660, 880];
const NOTE_S = 0.18;

let toldBefore = document.querySelector("[data-told]")?.id;
let helpBefore = ids(document, "[data-help]");

/** Two soft notes. The browser allows them once the coordinator has pressed anything. */
function chime() {
  const audio = new AudioContext();
  NOTES_HZ.forEach((hertz, index) => {
    const start = audio.currentTime + index * NOTE_S;
    const gain = new GainNode(audio, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.2, start + 0.02);
    gain.gain.linearRampToValueAtTime(0, start + NOTE_S);
    const note = new OscillatorNode(audio, { frequency: hertz });
    note.connect(gain).connect(audio.destination);
    note.start(start);
    note.stop(start + NOTE_S);
    if (index === NOTES_HZ.length - 1) note.onended = () => audio.close();
  });
  document.dispatchEvent(new Event("console:chimed"));
}

const muted = () => localStorage.getItem(KEY) === "off";

function showSound() {
  sound.hidden = false;
  sound.ariaPressed = String(!muted());
  sound.querySelector("span").textContent = muted() ? "Sound off" : "Sound on";
  const use = sound.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, muted() ? "#sound_off" : "#sound"));
}

sound.addEventListener("click", () => {
  localStorage.setItem(KEY, muted() ? "on" : "off");
  showSound();
  if (!muted()) chime();
});
showSound();

document.addEventListener("live:updated", () => {
  document.getElementById("failed").hidden = true;
  document.getElementById("news").textContent = "";
  const told = document.querySelector("[data-told]");
  if (told && told.id !== toldBefore) {
    said.textContent = [...told.querySelectorAll("[data-told-text]")].map((part) => part.textContent).join(" ");
  }
  toldBefore = told?.id;
  const help = ids(document, "[data-help]");
  const fresh = [...help].filter((id) => !helpBefore.has(id));
  helpBefore = help;
  if (!fresh.length) return;
  said.textContent = document.getElementById(fresh[0]).querySelector("p").innerText.replace(/\n/g, " ");
  if (!muted()) chime();
});

document.addEventListener("live:waiting", ({ detail: { fresh } }) => {
  const here = ids(document, "#group-waiting li");
  const count = [...ids(fresh, "#group-waiting li")].filter((id) => !here.has(id)).length;
  document.getElementById("news").textContent = count ? `${count} new` : "List changed";
});

document.addEventListener("live:failed", () => { document.getElementById("failed").hidden = false; });
