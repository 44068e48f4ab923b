import { hashPicture } from "#platform";
import type { BlobStore } from "../core/blob-store.ts";
import { InputError } from "../core/errors.ts";
import type { KnownLenses } from "../core/known-lens.ts";
import type { Logger } from "../core/logger.ts";
import { knownOfPhotos } from "../core/photo-names.ts";
import type { RunOptions } from "../core/progress.ts";
import { uniqueNames } from "../images/unique-names.ts";
import { COMPLETE_UP_TO } from "../pairs/pair-graph.ts";
import { pairsWithout } from "../pipeline/pairs-without.ts";
import { asksForDepth, RECONSTRUCT_DEFAULTS } from "../pipeline/reconstruct-options.ts";
import type { PhotoPriors } from "../priors/network-priors.ts";
import { encodePhotos } from "./kinds/encode-photos.ts";
import { findFeatures } from "./kinds/find-features.ts";
import { DEPTH_ROUNDS, measureDepth } from "./kinds/measure-depth.ts";
import { placePhotos } from "./kinds/place-photos.ts";
import { predictPairs, withPairs } from "./kinds/predict-pairs.ts";
import { prepareDepth } from "./kinds/prepare-depth.ts";
import type { SceneInput, SceneSettings } from "./kinds/reconstruct-scene.ts";
import { selectPairs } from "./kinds/select-pairs.ts";
import { verifyPairs, withPairs as withPlacedPairs } from "./kinds/verify-pairs.ts";
import type { ModelRef } from "./model-ref.ts";
import type { PhotoRef } from "./photo-ref.ts";
import { storePriors } from "./stored-priors.ts";
import type { TaskKind } from "./task-kind.ts";

/** The work on a scene's photos and pairs. */
export interface SceneWork {
  readonly model: ModelRef;
  readonly photos: readonly PhotoRef[];
  readonly settings: SceneSettings;
  readonly priors: PhotoPriors;
}

/** Has tasks of one kind done, wherever; gives their answers in the order of the inputs. */
export type RunTasks = <Input, Answer>(kind: TaskKind<Input, Answer>, inputs: readonly Input[]) => Promise<Answer[]>;

/** Few enough that a lost task costs little, enough that asking for one costs nothing. */
const MOST_PHOTOS = 8;
const MOST_PAIRS = 32;
const MOST_VERIFIED = 64;
/** Fewer take no longer than the start of the processes that verify them. */
const LEAST_VERIFIED = 32;
/** There are so many tasks at least, where there is so much to do: for several machines. */
const LEAST_TASKS = 16;

/**
 * Has everything made that `reconstruct` takes from a store: encodings and descriptors, features, predictions, pairs of photos
 * compared by their features, what measured depth is made from. Gives what the scene depends on.
 * @throws InputError that names all photos which cannot be used, unless they are to be skipped
 */
export async function fillStore(
  { model, photos, settings, priors: given }: SceneWork,
  run: RunTasks,
  { store, logger }: { readonly store: BlobStore; readonly logger?: Logger | undefined },
): Promise<SceneInput> {
  const { pairs: choice = RECONSTRUCT_DEFAULTS.pairs, featureSize, skipBroken = false } = settings;
  const { align = RECONSTRUCT_DEFAULTS.align, refine = RECONSTRUCT_DEFAULTS.refine } = settings;
  const batches = batchesOf(photos, MOST_PHOTOS);
  const encoded = (
    await run(
      encodePhotos,
      batches.map((batch) => ({ model, photos: batch })),
    )
  ).flat();
  const problems = encoded.flatMap((photo) => ("problem" in photo ? photo.problem : []));
  const kept = encoded.flatMap((photo, i) => ("view" in photo ? i : []));
  const views = encoded.flatMap((photo) => ("view" in photo ? photo.view : []));
  if (problems.length > 0 && (!skipBroken || views.length === 0)) throw unusable(problems);
  if (problems.length > 0) logger?.info(`${problems.length} photos cannot be used; the others go on`);

  const isRefined = views.length > 1 && refine === "features" && align === "global";
  if (isRefined || (choice.kind === "auto" && views.length > COMPLETE_UP_TO))
    await run(
      findFeatures,
      batchesOf(views, MOST_PHOTOS).map((batch) => ({ views: batch, featureSize })),
    );
  const [pairs] = await run(selectPairs, [{ model, choice: pairsWithout(choice, kept), views, featureSize }]);
  await run(
    predictPairs,
    batchesOf(pairs!, MOST_PAIRS).map((batch) => withPairs({ model, views }, batch)),
  );
  const scene = { model, photos, settings, priors: await storePriors(store, given, views, logger) };
  if (isRefined) {
    const [placed] = await run(placePhotos, [scene]);
    const all = placed!.photos.map((photo, place) => ({ ...photo, place }));
    const { seed } = settings;
    await run(
      verifyPairs,
      batchesOf(placed!.pairs, MOST_VERIFIED, LEAST_VERIFIED).map((batch) =>
        withPlacedPairs({ photos: all, pairs: [], seed }, batch),
      ),
    );
  }
  const { dense, depthSize, seed } = settings;
  const [prepared] = asksForDepth(views.length, dense) ? await run(prepareDepth, [scene]) : [];
  if (prepared) {
    for (let round = 0; round < DEPTH_ROUNDS; round++)
      await run(
        measureDepth,
        prepared.photos.map((_, photo) => ({ ...prepared, photo, round, depthSize, seed })),
      );
  }
  return scene;
}

/** Photos by their content, with what is known of their lenses. */
export async function photoRefs(
  paths: readonly string[],
  lenses: KnownLenses | undefined,
  { onProgress, signal }: RunOptions = {},
): Promise<PhotoRef[]> {
  const names = uniqueNames(paths);
  const named = paths.map((path, i) => ({ path, name: names[i]! }));
  const known = lenses && knownOfPhotos(lenses.byPhoto, named, lenses.source ?? "what is known of lenses").known;
  const refs: PhotoRef[] = [];
  for (const [i, { path, name }] of named.entries()) {
    signal?.throwIfAborted();
    refs.push({ sha256: await hashPicture(path), path, name, lens: known?.[i] ?? lenses?.shared });
    onProgress?.({ stage: "images", done: i + 1, total: paths.length, item: name });
  }
  return refs;
}

function unusable(problems: readonly string[]): InputError {
  if (problems.length === 1) return new InputError(problems[0]!);
  return new InputError(`${problems.length} photos cannot be used:\n  ${problems.join("\n  ")}`, {
    remedies: ["skipBroken"],
  });
}

/** Items for tasks of `most` each, or fewer so that there are several tasks, but not of fewer than `least`. */
export function batchesOf<T>(items: readonly T[], most: number, least = 1): T[][] {
  const size = Math.min(most, Math.max(least, Math.ceil(items.length / LEAST_TASKS)));
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
