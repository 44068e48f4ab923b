import type { PlaneMap } from "../geometry/plane-map.ts";
import type { GeometricError } from "./geometric-error.ts";
import type { PlaneScorer } from "./plane-scorer.ts";

/** Planes that are expected, and how far from them one looks. */
export interface PlanePrior extends PlaneMap {
  /** `[height, width]`: an inverse depth between the prior's over this factor and the prior's times it is possible. */
  readonly reach: Float32Array;
}

/** What planes are judged by. */
export interface PlaneEvidence {
  readonly scorer: PlaneScorer;
  readonly prior: PlanePrior;
  /** One for each source, when their planes are known. */
  readonly geometric?: readonly GeometricError[] | undefined;
  /** Pixels that a place in a source moves per change of inverse depth, about. */
  readonly parallax: number;
}

/** Standard deviation of a window, of 255, below which it shows nothing that could be compared. */
const FLAT = 1.2;
/** Weight of a pixel of geometric error, and where more of it says no more. */
const GEOMETRIC_WEIGHT = 0.1;
const MOST_GEOMETRIC_ERROR = 3;
/** Standard deviation of a window at which half of its evidence is replaced by the prior's. */
const FAINT = 2.5;
const PRIOR_WEIGHT = 0.25;
/** Cost of a source that a plane explains, about, and how many such planes a source counts that none explains. */
const EXPLAINED = 0.3;
const LEAST_WEIGHT = 0.05;

/** Judges planes of a pixel after pixel by the sources. */
export interface PlaneJudge {
  /** Takes a pixel; false where it shows no texture. All sources count alike, the better half of them. */
  look(x: number, y: number, pixel: number): boolean;
  /** Takes note of a plane that the pixel may have. */
  propose(w: number, slopeX: number, slopeY: number): void;
  /** A neighbor has the plane that was proposed first, too. */
  confirm(): void;
  /** Weighs the sources by how well the proposed planes explain them; the best of these planes. */
  choose(): Readonly<Choice>;
  /** The cost of a plane at the pixel taken last. */
  cost(w: number, slopeX: number, slopeY: number): number;
}

interface Choice {
  cost: number;
  w: number;
  slopeX: number;
  slopeY: number;
}

/** Planes that are proposed at once, at most. */
const MOST_PROPOSED = 9;

/** A judge of planes of one photo. */
export function judgeOf({ scorer, prior, geometric, parallax }: PlaneEvidence): PlaneJudge {
  const { costs } = scorer;
  const count = costs.length;
  const counted = Math.ceil(count / 2);
  const sorted = new Float64Array(count);
  /** `[planes, sources]`, and one row for a plane that is not proposed. */
  const table = new Float64Array((MOST_PROPOSED + 1) * count);
  const planes = new Float64Array(3 * MOST_PROPOSED);
  const weights = new Float64Array(count);
  const choice: Choice = { cost: 0, w: 0, slopeX: 0, slopeY: 0 };
  let [atX, atY, pixel, faintness, proposed, confirmed] = [0, 0, 0, 0, 0, 0];
  let weighed = false;
  const compare = (row: number, w: number, slopeX: number, slopeY: number): void => {
    scorer.compare(atX, atY, w, slopeX, slopeY);
    for (let k = 0; k < count; k++) {
      let cost = costs[k]!;
      if (geometric !== undefined)
        cost += GEOMETRIC_WEIGHT * Math.min(MOST_GEOMETRIC_ERROR, geometric[k]!.at(atX, atY, w));
      table[row * count + k] = cost;
    }
  };
  const total = (row: number, w: number): number => {
    let sum = 0;
    if (weighed) for (let k = 0; k < count; k++) sum += weights[k]! * table[row * count + k]!;
    else {
      for (let k = 0; k < count; k++) {
        const cost = table[row * count + k]!;
        let place = k;
        for (; place > 0 && sorted[place - 1]! > cost; place--) sorted[place] = sorted[place - 1]!;
        sorted[place] = cost;
      }
      for (let k = 0; k < counted; k++) sum += sorted[k]! / counted;
    }
    const away = Math.min(1, (Math.abs(w - prior.inverseDepth[pixel]!) * parallax) / (10 * MOST_GEOMETRIC_ERROR));
    return sum + PRIOR_WEIGHT * faintness * away;
  };
  return {
    look(x, y, i) {
      const deviation = scorer.weigh(x, y);
      [atX, atY, pixel] = [x, y, i];
      faintness = FAINT / (FAINT + deviation);
      proposed = 0;
      confirmed = 0;
      weighed = false;
      return deviation >= FLAT;
    },
    propose(w, slopeX, slopeY) {
      compare(proposed, w, slopeX, slopeY);
      planes[3 * proposed] = w;
      planes[3 * proposed + 1] = slopeX;
      planes[3 * proposed + 2] = slopeY;
      proposed++;
    },
    confirm() {
      confirmed++;
    },
    choose() {
      let all = 0;
      for (let k = 0; k < count; k++) {
        let sum = 0;
        for (let row = 0; row < proposed; row++) {
          const cost = table[row * count + k]! / EXPLAINED;
          const square = cost * cost;
          sum += (row === 0 ? 1 + confirmed : 1) / (1 + square * square);
        }
        weights[k] = sum + LEAST_WEIGHT;
        all += weights[k]!;
      }
      for (let k = 0; k < count; k++) weights[k]! /= all;
      weighed = true;
      choice.cost = Number.POSITIVE_INFINITY;
      for (let row = 0; row < proposed; row++) {
        const cost = total(row, planes[3 * row]!);
        if (cost >= choice.cost) continue;
        choice.cost = cost;
        choice.w = planes[3 * row]!;
        choice.slopeX = planes[3 * row + 1]!;
        choice.slopeY = planes[3 * row + 2]!;
      }
      return choice;
    },
    cost(w, slopeX, slopeY) {
      compare(MOST_PROPOSED, w, slopeX, slopeY);
      return total(MOST_PROPOSED, w);
    },
  };
}
