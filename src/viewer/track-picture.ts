import { bytesFromBase64 } from "../core/base64.ts";
import { type ReportImage, SHARE_CODE } from "../export/report-data.ts";
import { mapColor } from "./color-map.ts";

/** Pixels along the picture's longer side. */
const LONG_SIDE = 1024;
/** An error of so many pixels of the original is as bright as larger ones. */
const LARGE_ERROR = 3;
const RADIUS = 3;

/** The points that a photo shares with others, as dots where it shows them: dark where they fit well, bright where not. */
export function trackPicture({ tracks, width, height }: ReportImage): ImageData {
  const scale = LONG_SIDE / Math.max(width, height);
  const picture = new ImageData(Math.round(scale * width), Math.round(scale * height));
  const codes = new DataView(bytesFromBase64(tracks).buffer);
  for (let at = 0; at < codes.byteLength; at += 6) {
    const x = (codes.getUint16(at, true) / SHARE_CODE) * picture.width;
    const y = (codes.getUint16(at + 2, true) / SHARE_CODE) * picture.height;
    const error = codes.getUint16(at + 4, true) / 100;
    dot(picture, [x, y], mapColor(Math.min(1, error / LARGE_ERROR)));
  }
  return picture;
}

function dot(picture: ImageData, [x, y]: readonly [number, number], color: readonly number[]): void {
  for (let row = Math.ceil(y - RADIUS); row <= y + RADIUS; row++) {
    for (let column = Math.ceil(x - RADIUS); column <= x + RADIUS; column++) {
      const isInside = (column - x) ** 2 + (row - y) ** 2 <= RADIUS ** 2;
      if (!isInside || column < 0 || row < 0 || column >= picture.width || row >= picture.height) continue;
      picture.data.set([...color, 255], 4 * (row * picture.width + column));
    }
  }
}
