// Where a track comes from: dropped, chosen, given by its address, or the sample.

/**
 * A track: a blob, or the url of one. The sample has no blob until it is fetched.
 * @typedef {{ name: string, blob?: Blob, url?: string, sample?: boolean }} Source
 */

import { byId } from "./dom.js";

/**
 * Call `take` with each source that the visitor gives, or `refuse` with the reason why it is none.
 * @param {(source: Source) => void} take
 * @param {(words: string) => void} refuse
 */
export function listen(take, refuse) {
  const [file, url] = [input("file"), input("url")];
  byId("choose").addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    if (file.files?.length) take(fromFile(file.files[0]));
    // The same file may be chosen again.
    file.value = "";
  });
  byId("sample").addEventListener("click", () => take({ name: "The sample", sample: true }));
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
    const dropped = fromDrop(event.dataTransfer);
    if (typeof dropped === "string") refuse(dropped);
    else take(dropped);
  });
}

/** @param {string} id */
function input(id) {
  const found = byId(id);
  if (!(found instanceof HTMLInputElement)) throw new TypeError(`#${id} is no input`);
  return found;
}

/** @param {DataTransfer} data */
function fromDrop(data) {
  const text = (data.getData("text/uri-list") || data.getData("text/plain")).trim().split("\n")[0];
  if ([...data.items].some((item) => item.webkitGetAsEntry()?.isDirectory)) {
    return "That is a folder. Drop one track; for many there is `tonearm analyze FOLDER`.";
  }
  if (data.files.length > 1) return "Those are several files. Drop one track; for many there is `tonearm analyze`.";
  if (data.files.length) return fromFile(data.files[0]);
  if (/^https?:\/\//.test(text)) return fromAddress(text);
  return "There is no track in what was dropped. Drop an audio file, or a link to one.";
}

/** @param {File} file */
function fromFile(file) {
  return { name: file.name, blob: file };
}

/** @param {string} text */
function fromAddress(text) {
  // Percent-encoded, as a header has it.
  const url = URL.canParse(text) ? new URL(text).href : text;
  return { name: url, url };
}
