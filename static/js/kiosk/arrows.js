/**
 * Arrow keys move to the nearest control in their direction: the whole screen works by a keypad. By ear, left and right go
 * through all controls one after the other, round and round.
 */

const DIRECTIONS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const CONTROLS = "button, input:not([type=hidden]), summary";
const BESIDE = ".kiosk__voice"; // no answer to the question: it comes last, and not by the way
const SIDEWAYS_COSTS = 3;

document.addEventListener("keydown", (event) => {
  const direction = DIRECTIONS[event.key];
  const here = document.activeElement;
  const spoken = "speech" in document.documentElement.dataset;
  const writes = !spoken && here.matches("input") && direction?.[1] === 0;
  if (!direction || writes || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const [x, y] = direction;
  const forward = document.documentElement.dir === "rtl" ? -x : x;
  const next = spoken && x ? following(here, forward) : nearest(here, direction);
  (next ?? (spoken ? following(here, y) : null))?.focus();
});

const controls = () => [...(document.querySelector("dialog[open]") ?? document).querySelectorAll(CONTROLS)].filter((control) => control.checkVisibility());

/** The control after this place, or before it; after the last comes the first. */
function following(here, forward) {
  const all = controls();
  const after = all.findIndex((control) => here.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING);
  const from = after === -1 ? all.length : after;
  const place = forward > 0 ? from : from - 1 - all.includes(here);
  return all.at(place % all.length);
}

function nearest(here, [x, y]) {
  const from = middle(here);
  let best = null;
  let least = Infinity;
  for (const control of controls()) {
    if (control === here || control.closest(BESIDE)) continue;
    const to = middle(control);
    const ahead = (to.x - from.x) * x + (to.y - from.y) * y;
    const aside = Math.abs((to.x - from.x) * y) + Math.abs((to.y - from.y) * x);
    const cost = ahead + aside * SIDEWAYS_COSTS;
    if (ahead > 1 && cost < least) [best, least] = [control, cost];
  }
  return best;
}

function middle(element) {
  const box = element.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
