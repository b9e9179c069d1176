/** The list's search and its filters, which look at what the page holds and send nothing; the letter's print button. */
const search = document.querySelector("[data-search]");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
let only = null;

/** A row is found by what it shows, and by the code on its letter, with or without spaces. */
function filter() {
  const typed = plain(search.value);
  const words = typed.split(/\s+/).filter(Boolean);
  const rows = [...document.querySelectorAll("[data-searched] tbody tr")];
  for (const row of rows) {
    const text = plain(row.textContent);
    const code = row.dataset.words.toLowerCase();
    const found = words.every((word) => text.includes(word)) || code === typed.replace(/[\s-]/g, "");
    row.hidden = !found || (only !== null && row.dataset.standing !== only);
  }
  for (const button of document.querySelectorAll("[data-only]")) {
    button.setAttribute("aria-pressed", String(button.dataset.only === only));
  }
  const nothing = document.querySelector("[data-nothing-found]");
  if (nothing) nothing.hidden = rows.some((row) => !row.hidden);
}

if (search) {
  search.addEventListener("input", filter);
  document.addEventListener("live:updated", filter);
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-only]")?.dataset.only;
    if (!chosen) return;
    only = only === chosen ? null : chosen;
    filter();
  });
  const coming = document.querySelector("[data-next]");
  if (coming && !location.hash) coming.scrollIntoView({ block: "center" });
}

document.querySelector("[data-print]")?.addEventListener("click", () => print());
