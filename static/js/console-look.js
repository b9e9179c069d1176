/** Looking for somebody: rows that do not match are hidden, folded groups open. The name never leaves the page. */
const field = document.getElementById("look-for");
const found = document.getElementById("found");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

let opened = [];

function look() {
  const wanted = plain(field.value.trim()).split(/\s+/).filter(Boolean);
  let count = 0;
  for (const group of document.querySelectorAll("[data-group]")) {
    let here = 0;
    for (const row of group.querySelectorAll("li")) {
      row.hidden = wanted.length > 0 && !wanted.every((word) => plain(row.textContent).includes(word));
      if (!row.hidden) here += 1;
    }
    group.hidden = wanted.length > 0 && here === 0;
    count += here;
    if (wanted.length && here && !group.open) {
      group.open = true;
      opened.push(group.id);
    }
  }
  if (!wanted.length) {
    for (const id of opened) document.getElementById(id)?.removeAttribute("open");
    opened = [];
  }
  const first = count ? `${count} found. Enter selects the first, Esc` : "Nobody found. Esc";
  const text = wanted.length ? `${first} shows everybody.` : "";
  if (found.textContent !== text) found.textContent = text;
}

field.addEventListener("input", look);
field.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    event.preventDefault();
    field.value = "";
    look();
    field.blur();
  }
  if (event.key === "Enter") {
    event.preventDefault();
    const first = [...document.querySelectorAll(".queue [data-group] li:not([hidden])")].find((row) => row.checkVisibility());
    const target = first?.querySelector("a.line, button");
    target?.matches("a") ? target.click() : target?.focus();
  }
});
document.addEventListener("live:updated", look);
