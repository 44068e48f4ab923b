import { isUserError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import type { Dataset, FrameOptions } from "./dataset.ts";

/** Two views of one scene. */
export interface DatasetPair {
  readonly views: readonly [RgbdView, RgbdView];
  readonly names: readonly [string, string];
  /** What was wrong with frames that others stand in for. */
  readonly replaced: readonly string[];
}

/** Substitutes that are tried for one frame. */
const MOST_TRIES = 5;

/**
 * Reads a pair, as training does: every other one without its background's depth where `hidesBackground`, and with a
 * neighbor in place of a frame that cannot be read, where the set has neighbors. Throws a `FormatError` or an
 * `InputError` that names the frame where that does not help either.
 */
export async function readPair(
  dataset: Dataset,
  pair: number,
  { hidesBackground, random }: { readonly hidesBackground: boolean; readonly random: Random },
): Promise<DatasetPair> {
  const options = { hideBackground: hidesBackground && random() < 0.5, random };
  const [first, second] = dataset.choosePair(pair, random);
  const one = await readOrSubstitute(dataset, first, second, options);
  const other = await readOrSubstitute(dataset, second, one.frame, options);
  return {
    views: [one.view, other.view],
    names: [dataset.frameName(one.frame), dataset.frameName(other.frame)],
    replaced: [...one.replaced, ...other.replaced],
  };
}

interface ReadFrame {
  readonly frame: number;
  readonly view: RgbdView;
  readonly replaced: readonly string[];
}

async function readOrSubstitute(
  dataset: Dataset,
  frame: number,
  partner: number,
  options: FrameOptions,
): Promise<ReadFrame> {
  const others = dataset.substitutes(frame).filter((other) => other !== partner);
  const problems: Error[] = [];
  for (const candidate of [frame, ...others.slice(0, MOST_TRIES)]) {
    try {
      const view = await dataset.readFrame(candidate, options);
      return { frame: candidate, view, replaced: problems.map(({ message }) => message) };
    } catch (error) {
      if (!isUserError(error)) throw error;
      problems.push(error);
    }
  }
  throw problems[0];
}
