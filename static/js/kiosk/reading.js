/** What a page says: its words, in the order in which one wants to hear them, and the name of each control. */

export const CONTROLS = "button, input:not([type=hidden], [type=file]), summary";
const UNITS = "p, li, h1, h2, figcaption, div, [lang]";
const SPELLED = ".kiosk__number, .code";
const PERSONAL = "[data-private], [data-key], [value^='month:'], [value^='day:']"; // who hears a choice, hears the answer
const FIRST = [".kiosk__notice", ".kiosk__heading", ".kiosk__answer"];

/** The words of the page, or of a dialog over it: pieces that are said in one breath. */
export function words(root) {
  const pieces = [];
  for (const node of texts(root)) {
    if (!node.parentElement.closest(CONTROLS)) put(pieces, node);
  }
  return pieces.sort((one, other) => one.rank - other.rank);
}

/** What a control is called, and what stands in it, sign by sign. */
export function named(control) {
  const label = control.getAttribute("aria-label");
  const pieces = label ? [{ ...about(control), texts: [squeezed(label)] }] : [];
  for (const node of label ? [] : texts(control)) put(pieces, node);
  return pieces;
}

/** What was typed. */
export const typed = (field) => ({ ...about(field), texts: signs(field.value), personal: true });

/** A piece about this element, with nothing to say yet. */
export function about(element) {
  return {
    unit: element.closest(UNITS),
    lang: element.closest("[lang]").lang,
    personal: element.closest(PERSONAL) !== null,
    rank: FIRST.findIndex((part) => element.closest(part)) + FIRST.length * !element.closest(FIRST.join()),
  };
}

export const squeezed = (text) => text.replace(/\s+/g, " ").trim();

function put(pieces, node) {
  const place = node.parentElement;
  const piece = about(place);
  const said = place.closest(SPELLED) ? signs(node.data) : [squeezed(node.data)];
  const last = pieces.at(-1);
  if (last?.unit === piece.unit && last.lang === piece.lang && last.personal === piece.personal) last.texts.push(...said);
  else pieces.push({ ...piece, texts: said });
}

const signs = (text) => [...text].filter((sign) => sign.trim());

function* texts(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (shown(walker.currentNode)) yield walker.currentNode;
}

function shown({ data, parentElement }) {
  return data.trim() && parentElement.checkVisibility({ visibilityProperty: true }) && !parentElement.closest("[aria-hidden=true]");
}
