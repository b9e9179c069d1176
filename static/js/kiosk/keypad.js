/**
 * The keys of a keypad beside the screen: back, help, and the headset that was pulled out, whose owner has left. They
 * press the page's own buttons; a key whose button is not there does nothing.
 */

const ANSWERS = { Escape: "back", F1: "help", F14: "start_over" };

document.addEventListener("keydown", (event) => {
  const answer = ANSWERS[event.key];
  if (!answer || event.altKey || event.ctrlKey || event.metaKey) return;
  if (answer === "back" && document.querySelector("dialog[open]")) return; // the browser closes it
  event.preventDefault();
  const menu = document.querySelector(".kiosk__more[open]");
  if (answer === "back" && menu) menu.open = false;
  else if (!event.repeat) document.querySelector(`.kiosk__bottom [name=answer][value=${answer}]`)?.click();
});
