import type { Size } from "../core/view.ts";

/** Pixels that a PNG file stores together, row by row: those of every `step`th column and row from a first one on. */
export interface PngPass extends Size {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
}

/** Adam7: left, top, and the steps across and down. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes of a picture: one of all pixels, or the seven of an interlaced one without those that are empty. */
export function pngPasses({ width, height }: Size, interlaced: boolean): readonly PngPass[] {
  return (interlaced ? ADAM7 : [[0, 0, 1, 1] as const])
    .map(([left, top, stepX, stepY]) => {
      const columns = Math.ceil((width - left) / stepX);
      return { left, top, stepX, stepY, width: columns, height: Math.ceil((height - top) / stepY) };
    })
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/**
 * Undoes the filters of rows in place: each is a byte that names its filter and then `stride` bytes, predicted from those of the
 * pixel before, `pixelBytes` back, and of the row above. False where a filter has no such number.
 */
export function unfilterRows(rows: Uint8Array, stride: number, pixelBytes: number): boolean {
  for (let start = 0; start < rows.length; start += 1 + stride) {
    const filter = rows[start]!;
    if (filter > 4) return false;
    if (filter === 0) continue;
    for (let at = start + 1; at <= start + stride; at++) {
      const before = at - pixelBytes > start ? rows[at - pixelBytes]! : 0;
      const above = start > 0 ? rows[at - 1 - stride]! : 0;
      if (filter === 1) rows[at]! += before;
      else if (filter === 2) rows[at]! += above;
      else if (filter === 3) rows[at]! += (before + above) >> 1;
      else {
        const corner = start > 0 && at - pixelBytes > start ? rows[at - 1 - stride - pixelBytes]! : 0;
        rows[at]! += nearest(before + above - corner, before, above, corner);
      }
    }
  }
  return true;
}

/** Paeth's predictor: of three neighbors the one nearest to what a plane through them would give. */
function nearest(plane: number, before: number, above: number, corner: number): number {
  const [toBefore, toAbove, toCorner] = [Math.abs(plane - before), Math.abs(plane - above), Math.abs(plane - corner)];
  if (toBefore <= toAbove && toBefore <= toCorner) return before;
  return toAbove <= toCorner ? above : corner;
}
