/** A new question gets the focus, so that it is read out; what is wrong with an answer comes first. */

const live = document.getElementById("live");
let asked = "";

function look() {
  const problem = document.getElementById("problem");
  const now = `${live.dataset.step} ${problem?.textContent ?? ""}`;
  if (now === asked) return;
  asked = now;
  (problem ?? live.querySelector(".kiosk__input") ?? document.getElementById("question")).focus({ preventScroll: true });
  scrollTo(0, 0);
}

document.addEventListener("live:updated", look);
look();
