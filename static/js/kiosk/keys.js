/** The keyboard on the screen. Keys of a real keyboard go to the field too, wherever the focus is. */

const live = document.getElementById("live");
const field = () => live.querySelector(".kiosk__input");

function write(text) {
  const input = field();
  if (input.value.length < input.maxLength) input.value += text;
}

function remove() {
  const input = field();
  input.value = [...input.value].slice(0, -1).join("");
}

live.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]");
  if (key) write(key.dataset.key);
  else if (event.target.closest("[data-delete]")) remove();
  else if (event.target.closest("[data-other-keyboard]")) change();
});

function change() {
  const boards = [...live.querySelectorAll("[data-keyboard]")];
  const now = boards.findIndex((board) => !board.hidden);
  const next = boards[(now + 1) % boards.length];
  for (const board of boards) board.hidden = board !== next;
  next.querySelector("button").focus();
}

document.addEventListener("keydown", (event) => {
  if (!field() || event.target === field() || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter") submit(event);
  else if (event.key === "Backspace") remove();
  else if ([...event.key].length === 1 && event.key !== " ") write(event.key);
});

/** Where the focus is on nothing that Enter presses, it sends the field, as it does within it. */
function submit(event) {
  if (event.repeat || event.target.closest("button, a, summary, dialog")) return;
  event.preventDefault();
  field().form.requestSubmit(field().form.querySelector("button:not([type=button])"));
}

document.addEventListener("live:failed", () => { document.documentElement.dataset.failed = "true"; });
document.addEventListener("live:updated", () => { delete document.documentElement.dataset.failed; });
