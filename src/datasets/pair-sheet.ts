import { encodeCanvas, type PlacedPicture } from "#platform";
import { InputError } from "../core/errors.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import { escapeHtml } from "../formats/html/text.ts";
import { depthColors, depthRange } from "../rgbd/depth-colors.ts";
import { reprojectedColors } from "../rgbd/reprojected-colors.ts";
import type { DatasetPair } from "./read-pair.ts";

const ROW_HEIGHT = 160;
const GAP = 4;
const CAPTION = 16;

/**
 * A PNG of pairs, one a row: the first view, what its depth fetches from the second view, which should look the same, the
 * second view, and the first view's depth, near in yellow and far in violet.
 */
export function pairSheet(pairs: readonly DatasetPair[]): Promise<Uint8Array> {
  if (pairs.length === 0) throw new InputError("a contact sheet needs at least one pair");
  const pictures: PlacedPicture[] = [];
  const captions: string[] = [];
  let width = 0;
  for (const [row, { views, names }] of pairs.entries()) {
    const [first, second] = views;
    const depth = { ...first, rgb: depthColors(first.depth, depthRange([first.depth])) };
    const fetched = { ...first, rgb: reprojectedColors(first, second).rgb };
    const top = row * (ROW_HEIGHT + CAPTION + GAP) + CAPTION;
    let left = 0;
    for (const picture of [first, fetched, second, depth] satisfies RgbImage[]) {
      const size = {
        width: Math.max(1, Math.round((picture.width * ROW_HEIGHT) / picture.height)),
        height: ROW_HEIGHT,
      };
      pictures.push({ picture, left, top, ...size });
      left += size.width + GAP;
    }
    captions.push(`<text x="2" y="${top - 4}">${escapeHtml(names.join(" and "))}</text>`);
    width = Math.max(width, left - GAP);
  }
  const height = pairs.length * (ROW_HEIGHT + CAPTION + GAP) - GAP;
  const style = `font-family="sans-serif" font-size="11" fill="white"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g ${style}>${captions.join("")}</g></svg>`;
  return encodeCanvas({ width, height, pictures, svg }, "png");
}
