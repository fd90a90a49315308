// The files of a folder, however it was given.

/** @import { Found } from "./entry.js" */

/** What players open although browsers do not know its type. */
const AUDIO =
  /\.(aac|ac3|aif|aifc|aiff|ape|au|caf|dts|flac|m4a|m4b|mka|mp2|mp3|mp4|mpc|oga|ogg|opus|tta|w64|wav|webm|wma|wv)$/i;

/**
 * The files of a chooser. Of a folder only what looks like audio: covers and lists lie there too.
 * @param {FileList} files
 * @returns {Found[]}
 */
export function ofChooser(files) {
  const found = [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
  return inOrder(found.filter(({ file }) => !file.webkitRelativePath || looksLikeAudio(file)));
}

/**
 * All that was dropped; call it while the drop is handled, as it is gone afterwards.
 * @param {DataTransfer} data
 * @returns {Promise<Found[]>}
 */
export async function ofDrop(data) {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found = await Promise.all(entries.map((entry) => ofEntry(entry, "")));
  return inOrder(found.flat());
}

/**
 * @param {FileSystemEntry} entry
 * @param {string} folder that it is in, with a slash, or ""
 * @returns {Promise<Found[]>}
 */
async function ofEntry(entry, folder) {
  const path = `${folder}${entry.name}`;
  if (isFile(entry)) {
    const file = await new Promise((/** @type {(file: File) => void} */ take, refuse) => entry.file(take, refuse));
    return folder && !looksLikeAudio(file) ? [] : [{ file, path }];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const all = [];
  for (;;) {
    // Each call tells a part of them, and the last one none.
    const some = await new Promise((/** @type {(entries: FileSystemEntry[]) => void} */ take, refuse) => {
      reader.readEntries(take, refuse);
    });
    if (!some.length) break;
    for (const each of some) all.push(await ofEntry(each, `${path}/`));
  }
  return all.flat();
}

/** @param {File} file */
function looksLikeAudio({ name, type }) {
  return !name.startsWith(".") && (type.startsWith("audio/") || AUDIO.test(name));
}

/**
 * As a person would list them: 2 before 10.
 * @param {Found[]} found
 */
function inOrder(found) {
  const { compare } = new Intl.Collator("en", { numeric: true });
  return found.sort((one, other) => compare(one.path, other.path));
}

/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemFileEntry}
 */
function isFile(entry) {
  return entry.isFile;
}

/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemDirectoryEntry}
 */
function isFolder(entry) {
  return entry.isDirectory;
}
