/**
 * Says pieces of the page one after another. Speech is made on the server, which says nothing but what stands on the page
 * that it shows this station, and keeps none of it.
 *
 * Event on document: `speech:saying` when a piece begins to be heard.
 */
import { allow, load, loudness, play, rest, tick } from "../audio.js";

const SETTLE_MS = 50; // who runs through a row of buttons hears the last one
const STEP_DB = 3;
const LOUDEST = 1.4;
export const STEPS = 8;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let turn = new AbortController();
let queue = [];
let cut = [];

/** Say these now, instead of what is being said. */
export async function say(pieces) {
  hush();
  const { signal } = (turn = new AbortController());
  queue = pieces.map((piece) => ({ piece }));
  await sleep(SETTLE_MS);
  while (!signal.aborted && queue.length) {
    for (const soon of queue.slice(0, 2)) soon.sound ??= ask(soon.piece, signal);
    const [{ piece, sound }] = queue;
    const buffer = await sound;
    if (signal.aborted) return;
    if (buffer) {
      document.dispatchEvent(new CustomEvent("speech:saying", { detail: piece }));
      await play(buffer, signal);
    }
    if (!signal.aborted) queue.shift();
  }
}

/** Say these after what is being said. */
export function add(pieces) {
  if (speaking()) queue.push(...pieces.map((piece) => ({ piece })));
  else say(pieces);
}

/** Be silent at once. */
export function hush() {
  turn.abort();
  if (speaking()) cut = queue.map(({ piece }) => piece);
  queue = [];
}

/** Be silent, and forget what was said. */
export function close() {
  hush();
  cut = [];
  rest();
}

/** Go on with what was cut short. */
export const goOn = () => say(cut);

export const speaking = () => queue.length > 0;

/** Have a piece ready for when the server is away. */
export async function prepare(piece) {
  return { ...piece, sound: await ask(piece) };
}

/** From now on speak so loud: 1 is the softest, `STEPS` the loudest. */
export function setStep(step) {
  loudness(LOUDEST * 10 ** (((step - STEPS) * STEP_DB) / 20));
}

export { allow as open, tick };

async function ask(piece, signal) {
  if (piece.sound) return piece.sound;
  const body = new URLSearchParams(piece.texts.map((text) => ["text", text]));
  body.set("language", piece.lang);
  body.set("csrf_token", document.querySelector("[name=csrf_token]").value);
  return load(fetch(document.getElementById("live").dataset.speech, { method: "POST", body, signal })).catch(() => null);
}
