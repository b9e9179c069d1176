/** The menu of languages closes when one was chosen, and when something beside it is touched: it covers what is below. */
const menu = () => document.querySelector(".kiosk__more[open]");

document.addEventListener("submit", () => { menu()?.removeAttribute("open"); });
document.addEventListener("pointerdown", (event) => {
  if (!menu()?.contains(event.target)) menu()?.removeAttribute("open");
});
