/** The list's search, which looks at what the page holds and sends nothing; and the letter's print button. */
const search = document.querySelector("[data-search]");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

function filter() {
  const words = plain(search.value).split(/\s+/).filter(Boolean);
  const rows = [...document.querySelectorAll("[data-searched] tbody tr")];
  for (const row of rows) {
    const text = plain(row.textContent);
    row.hidden = !words.every((word) => text.includes(word));
  }
  const nothing = document.querySelector("[data-nothing-found]");
  if (nothing) nothing.hidden = rows.some((row) => !row.hidden);
}

if (search) {
  search.addEventListener("input", filter);
  document.addEventListener("live:updated", filter);
  document.addEventListener("keydown", (event) => {
    if (event.altKey && event.key.toLowerCase() === "f") {
      event.preventDefault();
      search.focus();
    }
  });
}

document.querySelector("[data-print]")?.addEventListener("click", () => print());
