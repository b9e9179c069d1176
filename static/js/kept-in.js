/** Shift+Escape opens Chromium's task manager, which no policy takes away; but a page is asked before the browser. */
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.shiftKey) event.preventDefault();
}, { capture: true });
