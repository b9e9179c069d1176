/** Looks at the simulated devices every second, says what was done, and marks the card that was just held. */
import { refetch } from "./live.js";

const LOOK_MS = 1000;
const SHOWN_MS = 900;
const said = document.querySelector("[data-said]");

setInterval(() => { if (!document.hidden) refetch(); }, LOOK_MS);

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button) return;
  said.textContent = button.textContent.trim().replace(/\s+/g, " ");
  button.classList.add("is-held");
  setTimeout(() => button.classList.remove("is-held"), SHOWN_MS);
});
