import type { Intrinsics, Pose } from "../core/camera.ts";
import { FormatError } from "../core/errors.ts";
import { parseCalibrationRows, parsePoseRows } from "./camera-matrices.ts";

/** A camera as MVSNet's text files have it. */
export interface MvsnetCamera {
  readonly camFromWorld: Pose;
  readonly intrinsics: Intrinsics;
}

/**
 * The camera in a `*_cam.txt` file: the word `extrinsic` and a 4×4 camera-from-world matrix, the word `intrinsic` and a 3×3
 * calibration matrix, then a range of depths, which is left out.
 */
export function parseMvsnetCamera(text: string, path: string): MvsnetCamera {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return {
    camFromWorld: parsePoseRows(matrixAfter(words, "extrinsic", 4, path), path),
    intrinsics: parseCalibrationRows(matrixAfter(words, "intrinsic", 3, path), path),
  };
}

function matrixAfter(words: readonly string[], title: string, size: number, path: string): number[][] {
  const start = words.indexOf(title) + 1;
  const values = words.slice(start, start + size * size).map(Number);
  if (start === 0 || values.length < size * size) {
    throw new FormatError(path, `expected the word ${title} and ${size * size} numbers`);
  }
  return Array.from({ length: size }, (_, row) => values.slice(row * size, (row + 1) * size));
}

/** A view, and those that show most of the same, the best first. */
export interface MvsnetNeighbors {
  readonly view: number;
  readonly others: readonly { readonly view: number; readonly score: number }[];
}

/** The content of `pair.txt`: the number of views, then per view its number and a list `n view score view score …`. */
export function parseMvsnetPairs(text: string, path: string): readonly MvsnetNeighbors[] {
  const values = text
    .split(/\s+/)
    .filter((word) => word !== "")
    .map(Number);
  let at = 0;
  const next = (what: string): number => {
    const value = values[at++];
    if (value === undefined || !Number.isFinite(value))
      throw new FormatError(path, `it is cut off: ${what} is missing`);
    return value;
  };
  const neighbors: MvsnetNeighbors[] = [];
  for (let left = next("the number of views"); left > 0; left--) {
    const view = next("a view's number");
    const others: { view: number; score: number }[] = [];
    for (let count = next("a number of neighbors"); count > 0; count--) {
      others.push({ view: next("a neighbor"), score: next("a score") });
    }
    neighbors.push({ view, others });
  }
  return neighbors;
}
