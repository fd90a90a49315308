// A picture of pixels, of one that stands alone.

/** For screens and prints that show more than one pixel where the page has one. */
const SCALE = 2;

/**
 * Throws an Error if the browser cannot draw it.
 * @param {{ text: string, width: number, height: number }} picture as SVG
 * @returns {Promise<Blob>}
 */
export async function asPng({ text, width, height }) {
  const image = new Image();
  // A page may show pictures of its own text, and draw on with them.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = SCALE * width;
  canvas.height = SCALE * height;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large."))), "image/png");
  });
}
