import type { RgbImage } from "../../core/rgb-image.ts";

const GAP = 4;
const BACKGROUND = 40;

/** Pictures side by side, each reduced by a whole factor to at most `height` rows. */
export function pictureRow(pictures: readonly RgbImage[], height = 240): RgbImage {
  const reduced = pictures.map((picture) => reduce(picture, Math.ceil(picture.height / height)));
  const size = {
    width: reduced.reduce((sum, picture) => sum + picture.width + GAP, -GAP),
    height: Math.max(...reduced.map((picture) => picture.height)),
  };
  const rgb = new Uint8Array(3 * size.width * size.height).fill(BACKGROUND);
  let left = 0;
  for (const picture of reduced) {
    for (let y = 0; y < picture.height; y++) {
      const row = picture.rgb.subarray(3 * y * picture.width, 3 * (y + 1) * picture.width);
      rgb.set(row, 3 * (y * size.width + left));
    }
    left += picture.width + GAP;
  }
  return { ...size, rgb };
}

function reduce(picture: RgbImage, factor: number): RgbImage {
  if (factor <= 1) return picture;
  const [width, height] = [Math.floor(picture.width / factor), Math.floor(picture.height / factor)];
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const from = 3 * (y * factor * picture.width + x * factor);
      rgb.set(picture.rgb.subarray(from, from + 3), i);
    }
  }
  return { width, height, rgb };
}
