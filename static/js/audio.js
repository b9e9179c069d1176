/** Sound: one context for all that a page plays. Without a tap or a policy (`AutoplayAllowed`) a browser may refuse it. */
const SLACK_MS = 3000;
const TICK_HZ = 880;
const TICK_S = 0.03;

const context = new AudioContext();
const volume = new GainNode(context);
volume.connect(context.destination);

/** True while sound may be heard. */
export const audible = () => context.state === "running";

/** Call `changed` whenever `audible()` may have changed, and once soon. */
export function onAudible(changed) {
  context.addEventListener("statechange", changed);
  setTimeout(changed, 1000);
}

/** A person touched the screen: from here on the browser allows sound. */
export const allow = () => context.resume();

/** Nothing is to be heard for a while. */
export const rest = () => context.suspend();

/** From now on everything is so loud: 1 is as it was recorded. */
export function loudness(gain) {
  volume.gain.value = gain;
}

/** A sign was typed, and is not to be said. */
export function tick() {
  const tone = new OscillatorNode(context, { frequency: TICK_HZ });
  tone.connect(volume);
  tone.start();
  tone.stop(context.currentTime + TICK_S);
}

/** What a request was answered with, ready to be played. */
export async function load(request) {
  const response = await request;
  if (response.status !== 200) throw new Error(`The server answered ${response.status}.`);
  return context.decodeAudioData(await response.arrayBuffer());
}

/** Play to its end. False when the browser refused, or when `signal` cut it short. */
export async function play(buffer, signal) {
  if (!audible() || signal?.aborted) return false;
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(volume);
  const ended = new Promise((resolve) => source.addEventListener("ended", () => resolve(!signal?.aborted), { once: true }));
  const stuck = new Promise((resolve) => setTimeout(() => resolve(false), buffer.duration * 1000 + SLACK_MS));
  signal?.addEventListener("abort", () => source.stop(), { once: true });
  source.start();
  return Promise.race([ended, stuck]);
}
