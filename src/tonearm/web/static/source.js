// Where tracks come from: dropped, chosen, given by a URL, listened to, or the sample.

/**
 * A track: a blob, the url of one, or a sound that is listened to once the visitor allows it. The sample has no blob until
 * it is fetched.
 * @typedef {{ name: string, blob?: Blob, url?: string, sound?: () => Promise<Sound>, sample?: boolean }} Source
 */

/** @import { Found } from "./crate/entry.js" */
/** @import { Sound } from "./listen/sound.js" */
import { ofChooser, ofDrop } from "./crate/files.js";
import { byId } from "./dom.js";
import { microphone, tab } from "./listen/ask.js";

/**
 * Call `take` with each source that the visitor gives, `takeAll` with several files or a folder, or `refuse` with the
 * reason why it is none.
 * @param {(source: Source) => void} take
 * @param {(found: Found[]) => void} takeAll
 * @param {(words: string) => void} refuse
 */
export function listen(take, takeAll, refuse) {
  const [file, folder, url] = [input("file"), input("folder"), input("url")];
  const offer = (/** @type {Source | string} */ given) => (typeof given === "string" ? refuse(given) : take(given));
  byId("choose").addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    if (file.files?.length === 1) offer(fromFile(file.files[0]));
    else if (file.files?.length) takeAll(ofChooser(file.files));
    // The same file may be chosen again.
    file.value = "";
  });
  byId("choose-folder").addEventListener("click", () => folder.click());
  folder.addEventListener("change", () => {
    if (folder.files?.length) takeAll(ofChooser(folder.files));
    folder.value = "";
  });
  byId("sample").addEventListener("click", () => take({ name: "The sample", sample: true }));
  byId("microphone").addEventListener("click", () => take({ name: "The microphone", sound: microphone }));
  // Browsers of phones have no tabs to share. Why a page without TLS has none is told when it is asked.
  byId("tab").hidden = isSecureContext && !("getDisplayMedia" in navigator.mediaDevices);
  byId("tab").addEventListener("click", () => take({ name: "Another tab", sound: tab }));
  byId("address").addEventListener("submit", (event) => {
    event.preventDefault();
    take(fromAddress(url.value.trim()));
  });

  // Anywhere on the page, or a track that misses the field would be opened in its place.
  let inside = 0;
  const over = (/** @type {boolean} */ on) => byId("drop").classList.toggle("over", on);
  addEventListener("dragenter", (event) => {
    event.preventDefault();
    inside++;
    over(true);
  });
  addEventListener("dragleave", () => over(--inside > 0));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    inside = 0;
    over(false);
    if (!event.dataTransfer) return;
    const onCrate = event.target instanceof Node && byId("crate").contains(event.target);
    if (isSeveral(event.dataTransfer, onCrate)) ofDrop(event.dataTransfer).then(takeAll);
    else offer(fromDrop(event.dataTransfer));
  });
}

/** @param {string} url */
export function fillAddress(url) {
  input("url").value = url;
}

/** @param {string} id */
function input(id) {
  const found = byId(id);
  if (!(found instanceof HTMLInputElement)) throw new TypeError(`#${id} is no input`);
  return found;
}

/**
 * Whether it is more than one track. On the crate a single one is for the crate too.
 * @param {DataTransfer} data
 * @param {boolean} onCrate
 */
function isSeveral({ files, items }, onCrate) {
  return files.length > (onCrate ? 0 : 1) || [...items].some((item) => item.webkitGetAsEntry()?.isDirectory);
}

/**
 * A source, or the reason why there is none.
 * @param {DataTransfer} data
 */
function fromDrop(data) {
  const text = (data.getData("text/uri-list") || data.getData("text/plain")).trim().split("\n")[0];
  if (data.files.length) return fromFile(data.files[0]);
  if (/^https?:\/\//.test(text)) return fromAddress(text);
  return "That is not a track. Drop an audio file, or a link to one.";
}

/**
 * @param {File} file
 * @returns {Source | string}
 */
function fromFile(file) {
  return file.size === 0 ? "That file is empty. Choose an audio file." : { name: file.name, blob: file };
}

/** @param {string} text */
function fromAddress(text) {
  // The server takes URLs percent-encoded.
  const url = URL.canParse(text) ? new URL(text).href : text;
  return { name: url, url };
}
