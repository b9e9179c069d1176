/**
 * Nobody there: ask, count down, and have the server forget. `data-idle` and `data-warning` are seconds; without a
 * warning the page ends at once, without `data-idle` there is nothing to forget. Any touch or key is an answer.
 */

const STAY_EVERY_MS = 15_000;
const SOUND_AT_S = 10;

const live = document.getElementById("live");
const sound = document.getElementById("attention");
let touchedAt = performance.now();
let toldAt = touchedAt;
let record = live.dataset.record;
let sounded = 0;

for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, touched, { capture: true, passive: true });
}
document.addEventListener("live:updated", () => {
  if (live.dataset.record === record) return;
  record = live.dataset.record;
  touchedAt = toldAt = performance.now();
});
setInterval(tick, 200);

function touched() {
  touchedAt = performance.now();
  if (Number(live.dataset.idle) && touchedAt - toldAt > STAY_EVERY_MS) stay();
}

/** The server forgets by itself: it is told that somebody is still thinking, or typing. */
function stay() {
  toldAt = performance.now();
  const body = new URLSearchParams(new FormData(document.getElementById("time-out")));
  body.set("answer", "stay");
  fetch(document.getElementById("time-out").action, { method: "POST", body }).catch(() => {});
}

function tick() {
  const idle = Number(live.dataset.idle);
  const warning = Number(live.dataset.warning);
  const still = (performance.now() - touchedAt) / 1000;
  const left = idle + warning - still;
  const dialog = live.querySelector(".kiosk__idle");
  if (idle && left <= 0) {
    touchedAt = performance.now();
    document.getElementById("time-out").requestSubmit();
  }
  if (!idle || still < idle || left <= 0) {
    sounded = 0;
    if (dialog.open) dialog.close();
    return;
  }
  if (!dialog.open) dialog.showModal();
  if (sounded === 0 || (sounded === 1 && left <= SOUND_AT_S)) {
    sounded += 1;
    sound.play().catch(() => {});
  }
  write(dialog.querySelector("[data-seconds]"), String(Math.ceil(left)));
  dialog.querySelector("progress").value = left / warning;
}

function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
