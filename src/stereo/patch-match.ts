import type { Random } from "../core/random.ts";
import type { PlaneMap } from "../geometry/plane-map.ts";
import { MATCH_WINDOW } from "./match-window.ts";
import { judgeOf, type PlaneEvidence } from "./plane-judge.ts";

/** Planes of a photo and how well each explains the others: `[height, width]`, 0 to about 1; 2 where no texture tells. */
export interface ScoredPlanes extends PlaneMap {
  readonly costs: Float32Array;
}

/** What planes are judged by, and drawn from. */
export interface PatchMatchInputs extends PlaneEvidence {
  /** Focal length in pixels. */
  readonly focal: number;
  readonly random: Random;
}

/** A round over all pixels. */
export interface Sweep {
  /** Largest change of depth that is tried, in pixels in a source. */
  readonly step: number;
  /** Planes drawn from all that are possible, for each pixel. */
  readonly draws: number;
  /** Whether far neighbors' planes are tried, too. */
  readonly far: boolean;
}

/** The cost of a plane that nothing speaks for or against. */
export const NO_EVIDENCE = 2;
/** In pixels in a source: planes that are less apart are one. */
const SAME = 0.06;
/** Largest tangent between a plane's normal and the optical axis. */
const STEEPEST = 5;

/** Where planes come from, towards one side: of the near and of the far ones, the best of each are tried. */
const NEAR = [0, 1, -1, 2, 1, 2] as const;
const FAR = [0, 3, 0, 5, 0, 7, 0, 9, 0, 11] as const;
/** The four sides, as rotations of (0, 1). */
const SIDES = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** Scores planes as they are, and takes the prior's where a photo shows no texture. */
export function scorePlanes(planes: ScoredPlanes, inputs: PatchMatchInputs): void {
  const { width, height, inverseDepth, slopeX, slopeY, costs } = planes;
  const judge = judgeOf(inputs);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!judge.look(x, y, i)) {
        inverseDepth[i] = inputs.prior.inverseDepth[i]!;
        slopeX[i] = inputs.prior.slopeX[i]!;
        slopeY[i] = inputs.prior.slopeY[i]!;
        costs[i] = NO_EVIDENCE;
      } else costs[i] = judge.cost(inverseDepth[i]!, slopeX[i]!, slopeY[i]!);
    }
  }
}

/**
 * A round of PatchMatch (Barnes et al. 2009) in the red-black order of Galliani et al. 2015: every second pixel tries its
 * neighbors' planes and random changes of its own and keeps what scores best, then all the others do. Planes must be scored.
 * The more a source is explained by what its neighbors believe, the more it counts for a pixel, as in Xu and Tao 2019.
 */
export function sweepPlanes(planes: ScoredPlanes, inputs: PatchMatchInputs, { step, draws, far }: Sweep): void {
  const { width, height, inverseDepth, slopeX, slopeY, costs } = planes;
  const { prior, parallax, focal, random } = inputs;
  const judge = judgeOf(inputs);
  const same = SAME / parallax;
  const sameSlope = same / MATCH_WINDOW.radius;
  const change = step / parallax;
  const turn = change / MATCH_WINDOW.radius;
  for (let color = 0; color < 2; color++) {
    for (let y = 0; y < height; y++) {
      for (let x = (y + color) & 1; x < width; x += 2) {
        const i = y * width + x;
        if (costs[i] === NO_EVIDENCE) continue;
        judge.look(x, y, i);
        let w = inverseDepth[i]!;
        let sx = slopeX[i]!;
        let sy = slopeY[i]!;
        const expected = prior.inverseDepth[i]!;
        const least = expected / prior.reach[i]!;
        const most = expected * prior.reach[i]!;
        judge.propose(w, sx, sy);
        for (let k = 0; k < 8; k += far ? 1 : 2) {
          const from = bestOf(planes, x, y, k);
          if (from < 0) continue;
          const nextX = slopeX[from]!;
          const nextY = slopeY[from]!;
          const row = Math.floor(from / width);
          const nextW = inverseDepth[from]! + (x - (from - row * width)) * nextX + (y - row) * nextY;
          if (Math.abs(nextW - w) < same && Math.abs(nextX - sx) < sameSlope && Math.abs(nextY - sy) < sameSlope)
            judge.confirm();
          else if (nextW >= least && nextW <= most && isFacing(nextW, nextX, nextY, focal))
            judge.propose(nextW, nextX, nextY);
        }
        const chosen = judge.choose();
        let cost = chosen.cost;
        w = chosen.w;
        sx = chosen.slopeX;
        sy = chosen.slopeY;
        for (let k = 0; k < draws + 2; k++) {
          let nextW: number;
          let nextX: number;
          let nextY: number;
          if (k < draws) {
            // Uniform in inverse depth, as places in the sources are.
            nextW = least + (most - least) * random();
            nextX = ((2 * random() - 1) * 1.5 * nextW) / focal;
            nextY = ((2 * random() - 1) * 1.5 * nextW) / focal;
          } else if (k === draws) {
            nextW = w + change * (2 * random() - 1);
            nextX = sx;
            nextY = sy;
          } else {
            nextW = w + 0.3 * change * (2 * random() - 1);
            nextX = sx + turn * (2 * random() - 1);
            nextY = sy + turn * (2 * random() - 1);
          }
          if (!(nextW >= least && nextW <= most && isFacing(nextW, nextX, nextY, focal))) continue;
          const next = judge.cost(nextW, nextX, nextY);
          if (next < cost) {
            cost = next;
            w = nextW;
            sx = nextX;
            sy = nextY;
          }
        }
        costs[i] = cost;
        inverseDepth[i] = w;
        slopeX[i] = sx;
        slopeY[i] = sy;
      }
    }
  }
}

/** Whether a plane faces the camera enough to be compared. */
function isFacing(w: number, slopeX: number, slopeY: number, focal: number): boolean {
  const steepest = (STEEPEST * w) / focal;
  return Math.abs(slopeX) <= steepest && Math.abs(slopeY) <= steepest;
}

/** The pixel of a group of neighbors, near ones for even `k` and far ones for odd `k`, whose plane scores best; -1 if none. */
function bestOf({ width, height, costs }: ScoredPlanes, x: number, y: number, k: number): number {
  const [cos, sin] = SIDES[k >> 1]!;
  const offsets = (k & 1) === 0 ? NEAR : FAR;
  let best = -1;
  let least = NO_EVIDENCE;
  for (let n = 0; n < offsets.length; n += 2) {
    const column = x + cos * offsets[n]! - sin * offsets[n + 1]!;
    const row = y + sin * offsets[n]! + cos * offsets[n + 1]!;
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const at = row * width + column;
    if (costs[at]! >= least) continue;
    least = costs[at]!;
    best = at;
  }
  return best;
}
