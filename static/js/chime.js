/** The chime before a call. */
import { load, play } from "./audio.js";

const chime = load(fetch("/static/audio/chime.wav"));
chime.catch(() => {});

/** Sound the chime to its end. False when the browser refused, or the chime could not be loaded. */
export const sound = () => chime.then((buffer) => play(buffer)).catch(() => false);
