/**
 * The waiting room's screen: announces each call once, one after another, by chime and voice; turns pages when calls or
 * languages do not fit; keeps the clock. What is on the screen comes from the server (`live.js`); this marks which call is announced.
 */
import { allow, audible, load, onAudible, play } from "./audio.js";
import { sound } from "./chime.js";
import "./kept-in.js";
import { announced } from "./live.js";

const PAGE_MS = 7000;
const CLOCK_MS = 1000;
const ASK_TIME_MS = 600_000;
const ORBIT_MS = 60_000;
const ORBIT_PX = [[0, 0], [4, 0], [4, 4], [0, 4], [-4, 4], [-4, 0], [-4, -4], [0, -4], [4, -4]];

const html = document.documentElement;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const list = () => document.getElementById("announcements");
const wanted = () => [...list().children].map((item) => ({ ...item.dataset, lang: item.lang, dir: item.dir, words: item.textContent }));

/* Announcing */

let known = new Set();
let queue = [];
let current = null;

/** Take up what is new in the picture, forget what is no longer wanted. */
function look() {
  const calls = wanted();
  const keys = new Set(calls.map((call) => call.key));
  queue = [...queue.filter((call) => keys.has(call.key)), ...calls.filter((call) => !known.has(call.key) && !tooOld(call))];
  known = keys;
  show();
  if (!current) announceNext();
}

const tooOld = (call) => serverTime() - Date.parse(call.calledAt) > list().dataset.tooOldS * 1000;

async function announceNext() {
  while ((current = queue.shift() ?? null)) {
    const ends = sleep(list().dataset.lastsS * 1000);
    if (tooOld(current) || html.dataset.connection === "lost") continue;
    show();
    const aloud = current.aloud.split(" ").filter(Boolean).map((language) => spoken(current, language));
    if (await sound()) {
      if (document.visibilityState === "visible") announced(current.ticket, current.calledAt);
      await speak(current, aloud);
    }
    await ends;
  }
  show();
}

const spoken = (call, language) => load(fetch(`${location.pathname}/speech/${call.key}/${language}`)).catch(() => null);

/** Say it in the patient's language; then in the site's, unless somebody else waits to be called. */
async function speak(call, aloud) {
  for (const [turn, said] of aloud.entries()) {
    const buffer = await said;
    if (!known.has(call.key) || (turn && queue.length)) return;
    if (buffer) await play(buffer);
  }
}

/** Mark the call that is being announced, and show its page. */
function show() {
  const shown = known.has(current?.key) ? current : null;
  for (const call of document.querySelectorAll(".call")) {
    call.classList.toggle("call--announced", call.dataset.ticket === shown?.ticket);
  }
  const words = document.getElementById("announcing");
  if (words && words.textContent !== (shown?.words ?? "")) {
    words.lang = shown?.lang ?? "";
    words.dir = shown?.dir ?? "";
    words.textContent = shown?.words ?? "";
  }
  translate();
  turn(document.querySelector(".call--announced[data-page]")?.dataset.page ?? page);
}

/* Pages */

let page = 0;

function turn(to) {
  const paged = [...document.querySelectorAll(".call[data-page]")];
  const pages = 1 + Math.max(-1, ...paged.map((call) => Number(call.dataset.page)));
  page = pages ? Number(to) % pages : 0;
  for (const call of paged) call.hidden = Number(call.dataset.page) !== page;
  const number = document.getElementById("page");
  if (number) number.textContent = pages ? `${page + 1} / ${pages}` : "";
}

/** Say everything in the next few languages. */
function translate() {
  const atOnce = Number(list().dataset.atOnce);
  for (const phrases of document.querySelectorAll(".board__phrases, .board-away")) {
    const said = [...phrases.querySelectorAll("[lang]")];
    const group = round % Math.ceil(said.length / atOnce);
    said.forEach((phrase, index) => { phrase.hidden = Math.floor(index / atOnce) !== group; });
  }
}

let round = 0;
setInterval(() => {
  round += 1;
  translate();
  if (!current) turn(page + 1);
}, PAGE_MS);

/* Clock: the server's, also after the screen slept or its own clock was set */

const clock = document.getElementById("clock");
const face = new Intl.DateTimeFormat(html.lang, { timeStyle: "short", timeZone: clock.dataset.timeZone });
let ahead = 0;

const serverTime = () => Date.now() + ahead;

async function askTime() {
  const asked = Date.now();
  const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" }).catch(() => null);
  const time = Date.parse(answer?.headers.get("X-Clock"));
  if (time) ahead = time - (asked + Date.now()) / 2;
}

function tick() {
  const text = face.format(serverTime());
  if (clock.textContent !== text) clock.textContent = text;
}

/* Against burn-in the picture wanders by four pixels */

let place = 0;
setInterval(() => {
  place = (place + 1) % ORBIT_PX.length;
  const [inline, block] = ORBIT_PX[place];
  html.style.setProperty("--orbit-inline", `${inline}px`);
  html.style.setProperty("--orbit-block", `${block}px`);
}, ORBIT_MS);

onAudible(() => { document.getElementById("sound-off").hidden = audible(); });
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, allow);
document.addEventListener("live:updated", look);
document.addEventListener("live:connection", ({ detail }) => { if (detail.state === "live") askTime(); });
setInterval(askTime, ASK_TIME_MS);
setInterval(tick, CLOCK_MS);
await askTime();
tick();
look();
