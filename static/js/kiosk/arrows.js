/** Arrow keys move to the nearest control in their direction: the whole screen works by a keypad. */

const DIRECTIONS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const CONTROLS = "button, input:not([type=hidden]), summary";
const SIDEWAYS_COSTS = 3;

document.addEventListener("keydown", (event) => {
  const direction = DIRECTIONS[event.key];
  const here = document.activeElement;
  const writes = here.matches("input") && direction?.[1] === 0;
  if (!direction || writes || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  nearest(here, direction)?.focus();
});

function nearest(here, [x, y]) {
  const from = middle(here);
  let best = null;
  let least = Infinity;
  for (const control of (document.querySelector("dialog[open]") ?? document).querySelectorAll(CONTROLS)) {
    if (control === here || !control.checkVisibility()) continue;
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
