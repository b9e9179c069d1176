/**
 * Nothing moves under a hand: `held()` is true while a person works inside `[data-live-hold]`, and for 1.5 s after. A
 * pointer that lies still, or a focus that was left behind, holds for six seconds only: an old list is worse.
 */
const AFTER_MS = 1500;
const STILL_MS = 6000;

let touchedAt = -Infinity;
let leftAt = -Infinity;
const inside = (target) => target instanceof Element && target.closest("[data-live-hold]");

for (const kind of ["pointermove", "pointerdown", "keydown", "focusin"]) {
  document.addEventListener(kind, (event) => {
    if (inside(event.target)) touchedAt = performance.now();
  }, { passive: true });
}
for (const kind of ["pointerout", "focusout"]) {
  document.addEventListener(kind, (event) => {
    if (inside(event.target) && !inside(event.relatedTarget)) leftAt = performance.now();
  });
}

export function held() {
  const now = performance.now();
  if (now - leftAt < AFTER_MS) return true;
  return now - touchedAt < STILL_MS && document.querySelector("[data-live-hold]:hover, [data-live-hold]:focus-within") !== null;
}
