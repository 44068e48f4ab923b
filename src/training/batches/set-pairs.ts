import { isUserError } from "../../core/errors.ts";
import { type Random, randomInteger, seededRandom } from "../../core/random.ts";
import type { Size } from "../../core/view.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { epochPairs, type MixtureEpoch } from "../../datasets/mixture.ts";
import { type DatasetPair, readPair } from "../../datasets/read-pair.ts";
import { TRAINING_SETS, type TrainingSet } from "../../datasets/training-sets.ts";
import { type CropOptions, cropView } from "../../rgbd/crop-view.ts";
import type { RgbdView } from "../../rgbd/rgbd-view.ts";
import type { SetConfig } from "../config/run-config.ts";

/** Pairs from data sets, and the size they are brought to. */
export interface SetPairSettings extends Size {
  readonly sets: readonly SetConfig[];
  readonly seed: number;
  readonly orientation: NonNullable<CropOptions["orientation"]>;
  /** Told of every frame and pair that others stand in for. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** A set and where it was found. */
interface OpenedSet extends Pick<TrainingSet, "spare" | "hidesBackground"> {
  readonly folder: string;
  readonly dataset: Dataset;
}

/** Pairs tried in place of one that cannot be read, before the set is taken to be broken. */
const MOST_TRIES = 10;

/**
 * An endless series of pairs of views, by number: epoch after epoch of the mixture of the sets. Pair n is a function of
 * the settings, n and its size alone; the size is that of the settings unless another is asked for. A pair that cannot
 * be read is replaced by another of its set; an `InputError` or a `FormatError` names the first one where ten others
 * cannot be read either.
 */
export function setPairs(
  settings: SetPairSettings,
): (index: number, size?: Size) => Promise<readonly [RgbdView, RgbdView]> {
  const { sets, seed, onNote } = settings;
  let opened: Promise<readonly OpenedSet[]> | undefined;
  let current: { readonly epoch: number; readonly pairs: MixtureEpoch } | undefined;
  const length = sets.reduce((sum, { pairs }) => sum + pairs, 0);
  return async (index, size = settings) => {
    opened ??= openSets(sets);
    const all = await opened;
    const epoch = Math.floor(index / length);
    if (current?.epoch !== epoch) {
      const parts = all.map(({ dataset }, k) => ({ pairs: dataset.pairs, perEpoch: sets[k]!.pairs }));
      current = { epoch, pairs: epochPairs(parts, seed, epoch) };
    }
    const { set, pair } = current.pairs.at(index % length);
    const random = seededRandom(`set pair ${seed}/${index}`);
    const { views, replaced } = await readablePair(all[set]!, pair, { random, onNote });
    for (const problem of replaced) onNote?.(`a frame next to it stands in for one: ${problem}`);
    const options = { spare: all[set]!.spare, orientation: settings.orientation, random };
    return [cropView(views[0], size, options), cropView(views[1], size, options)];
  };
}

function openSets(sets: readonly SetConfig[]): Promise<readonly OpenedSet[]> {
  return Promise.all(
    sets.map(async ({ name, folder }) => {
      const { spare, hidesBackground, open } = TRAINING_SETS[name];
      return { folder, spare, hidesBackground, dataset: await open(folder, "train") };
    }),
  );
}

async function readablePair(
  set: OpenedSet,
  wanted: number,
  { random, onNote }: Pick<SetPairSettings, "onNote"> & { readonly random: Random },
): Promise<DatasetPair> {
  const problems: Error[] = [];
  for (let pair = wanted; problems.length <= MOST_TRIES; pair = randomInteger(random, set.dataset.pairs)) {
    try {
      return await readPair(set.dataset, pair, { hidesBackground: set.hidesBackground, random });
    } catch (error) {
      if (!isUserError(error)) throw error;
      problems.push(error);
      onNote?.(`a pair of ${set.folder} is replaced by another: ${error.message}`);
    }
  }
  throw problems[0];
}
