// Asks the visitor for the sound of a microphone or of another tab, and says in words why there is none.

import { Problem } from "../problem.js";
import { Sound } from "./sound.js";

/** The browser would take music for noise. */
const AS_IT_IS = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const NO_SOUND = "Nothing to listen to";

/** @type {Record<string, string | undefined>} by the name of the browser's refusal */
const MICROPHONE = {
  NotAllowedError:
    "The browser was not allowed to use the microphone. Allow it in the browser's settings for this page.",
  NotFoundError: "There is no microphone on this device.",
  NotReadableError: "The microphone cannot be used. Another program may have it.",
};
/** @type {Record<string, string | undefined>} */
const TAB = {
  NotAllowedError: "No tab was shared. Choose one, and share its sound with it.",
  NotFoundError: "There is nothing on this device that could be shared.",
  NotReadableError: "The sound of that tab cannot be used.",
};

/** Throws a Problem. */
export function microphone() {
  return asked(MICROPHONE, (devices) => devices.getUserMedia({ audio: { ...AS_IT_IS, channelCount: { ideal: 2 } } }));
}

/** Throws a Problem. */
export function tab() {
  return asked(TAB, async (devices) => {
    // Browsers share no sound without a picture; nobody looks at it.
    const stream = await devices.getDisplayMedia({ video: { frameRate: 1 }, audio: AS_IT_IS });
    if (stream.getAudioTracks().length) return stream;
    for (const track of stream.getTracks()) track.stop();
    throw new Problem(400, {
      title: NO_SOUND,
      words: "A picture was shared, but no sound. Share a tab, and tick that its sound is shared too.",
    });
  });
}

/**
 * @param {Record<string, string | undefined>} reasons
 * @param {(devices: MediaDevices) => Promise<MediaStream>} ask
 */
async function asked(reasons, ask) {
  if (!isSecureContext) {
    throw new Problem(400, {
      title: NO_SOUND,
      words: "Browsers let a page listen only over https, or on the machine that it comes from (localhost).",
    });
  }
  try {
    return await Sound.of(await ask(navigator.mediaDevices));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new Problem(400, { title: NO_SOUND, words: reasons[error.name] ?? error.message });
  }
}
