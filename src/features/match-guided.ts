import { MAX_DISTANCE, type MatchOptions, mutualMatches, noMatches, offerMatch } from "./best-matches.ts";
import { DESCRIPTOR_LENGTH, type Features } from "./features.ts";
import { openMatchKernels } from "./match-kernels.ts";
import { placeGrid } from "./place-grid.ts";

/** Where matches are to be found, in pixels of the second photo. */
export interface Guidance {
  /** `[count, 2]`: where each feature of the first photo is expected; NaN for one that is not. */
  readonly places: Float32Array;
  /** How far from there a match may be. */
  readonly radius: number;
  /** `[count]`: the scale at which each is expected; NaN where that is not known. */
  readonly scales?: Float32Array | undefined;
  /** `[count]`: the angle, in radians; NaN where that is not known. */
  readonly angles?: Float32Array | undefined;
}

/** As few others come into question, a match need not stand out as much. */
const RATIO = 0.9;
/** A scale may be this many times as large as expected, or small: an octave. */
const SCALE_RATIO = 2;
/** An angle may differ by so many radians. */
const ANGLE = Math.PI / 4;

/** As `matchFeatures`, with none but those features of `b` compared that lie where one of `a` is expected. */
export function matchGuided(a: Features, b: Features, guidance: Guidance, options: MatchOptions = {}): Uint32Array {
  const { ratio = RATIO, maxDistance = MAX_DISTANCE } = options;
  const { places, radius } = guidance;
  const kernels = openMatchKernels((a.count + b.count) * DESCRIPTOR_LENGTH);
  const bytes = new Uint8Array(kernels.memory.buffer);
  const others = a.descriptors.length;
  bytes.set(a.descriptors);
  bytes.set(b.descriptors, others);
  const grid = placeGrid(b.positions, radius);
  const [best1, best2] = [noMatches(a.count), noMatches(b.count)];
  for (let i = 0; i < a.count; i++) {
    const isExpected = expectationOf(guidance, i);
    grid.visit(places[2 * i]!, places[2 * i + 1]!, radius, (j) => {
      if (!isExpected(b.scales[j]!, b.angles[j]!)) return;
      const dot = kernels.dot(i * DESCRIPTOR_LENGTH, others + j * DESCRIPTOR_LENGTH);
      offerMatch(best1, i, j, dot);
      offerMatch(best2, j, i, dot);
    });
  }
  return mutualMatches(best1, best2, { ratio, maxDistance });
}

/** Whether a scale and an angle are about as expected of feature `index`. */
function expectationOf({ scales, angles }: Guidance, index: number): (scale: number, angle: number) => boolean {
  const expectedScale = scales?.[index] ?? Number.NaN;
  const expectedAngle = angles?.[index] ?? Number.NaN;
  return (scale, angle) => {
    const ratio = scale / expectedScale;
    const turn = Math.abs(angle - expectedAngle) % (2 * Math.PI);
    // Comparisons with NaN are false.
    return !(Math.max(ratio, 1 / ratio) > SCALE_RATIO || Math.min(turn, 2 * Math.PI - turn) > ANGLE);
  };
}
