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
  if (event.key === "Backspace") remove();
  else if ([...event.key].length === 1 && event.key !== " ") write(event.key);
});

document.addEventListener("live:failed", () => { document.documentElement.dataset.failed = "true"; });
document.addEventListener("live:updated", () => { delete document.documentElement.dataset.failed; });
