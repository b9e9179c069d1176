/**
 * The chime, and whether this browser lets us sound it: without a tap or a policy (`AutoplayAllowed`) it may refuse.
 */
const CHIME = "/static/audio/chime.wav";

const context = new AudioContext();
const chime = fetch(CHIME)
  .then((response) => response.arrayBuffer())
  .then((bytes) => context.decodeAudioData(bytes));
chime.catch(() => {});

/** True while sound may be heard. */
export const audible = () => context.state === "running";

/** Call `changed` whenever `audible()` may have changed, and once soon. */
export function onAudible(changed) {
  context.addEventListener("statechange", changed);
  setTimeout(changed, 1000);
}

/** A person touched the screen: from here on the browser allows sound. */
export const allow = () => context.resume();

/** Sound the chime to its end. False when the browser refused, or the chime could not be loaded. */
export async function sound() {
  if (!audible()) return false;
  try {
    const source = new AudioBufferSourceNode(context, { buffer: await chime });
    source.connect(context.destination);
    const ended = new Promise((resolve) => source.addEventListener("ended", () => resolve(true), { once: true }));
    const stuck = new Promise((resolve) => setTimeout(() => resolve(false), 5000));
    source.start();
    return await Promise.race([ended, stuck]);
  } catch {
    return false;
  }
}
