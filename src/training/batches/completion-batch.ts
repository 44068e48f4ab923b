import { type Random, randomInteger } from "../../core/random.ts";
import { gridCoordinates, type PatchGrid, patchGrid, tokenCount } from "../../network/tokens.ts";
import type { TensorValues } from "../../runtime/device.ts";
import { cutBlocks } from "./pixel-blocks.ts";
import type { TrainingView } from "./training-view.ts";

/** How many patches of an image are masked for a masking ratio. */
export function hiddenPatches(grid: PatchGrid, masked: number): number {
  return Math.floor(masked * tokenCount(grid));
}

/** A random order of an image's patches, of which the last ones will be masked. */
export function shuffledPatches(grid: PatchGrid, random: Random): readonly number[] {
  const order = Array.from({ length: tokenCount(grid) }, (_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const other = randomInteger(random, i + 1);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}

/** An image cut into patches `[tokens, 3 · p · p]`. */
export interface PatchedImage {
  readonly grid: PatchGrid;
  readonly patches: Float32Array;
}

/** A view's image as patches. */
export function patchedImage(view: TrainingView, patchSize: number): PatchedImage {
  const patches = new Float32Array(view.image.length);
  const block = { width: patchSize, height: patchSize };
  cutBlocks(view.image, view, block, [view.width * view.height, 1], patches);
  return { grid: patchGrid(view.height, view.width, patchSize), patches };
}

/** Two pictures of one place, and the order of the patches of the first one. */
export interface CompletionPair {
  readonly view1: PatchedImage;
  readonly view2: PatchedImage;
  readonly order: readonly number[];
}

/** What `completionGraph` is fed with: the last `hidden` patches of every order are masked. */
export function completionBatch(pairs: readonly CompletionPair[], hidden: number): TensorValues {
  const tokens = tokenCount(pairs[0]!.view1.grid);
  const size = pairs[0]!.view1.patches.length / tokens;
  const gather = (count: number, from: (pair: CompletionPair, token: number) => Float32Array) => {
    const data = new Float32Array(pairs.length * count * size);
    pairs.forEach((pair, i) => {
      for (let token = 0; token < count; token++) data.set(from(pair, token), (i * count + token) * size);
    });
    return { dtype: "float32", shape: [pairs.length * count, size], data } as const;
  };
  const places = (data: BigInt64Array) => ({ dtype: "int64", shape: [pairs.length * tokens, 2], data }) as const;
  const patch = ({ patches }: PatchedImage, token: number) => patches.subarray(token * size, (token + 1) * size);
  const seen = tokens - hidden;
  const ordered = pairs.flatMap(({ view1, order }) => {
    const coordinates = gridCoordinates([view1.grid]);
    return order.flatMap((token) => [coordinates[2 * token]!, coordinates[2 * token + 1]!]);
  });
  return {
    visible: gather(seen, ({ view1, order }, token) => patch(view1, order[token]!)),
    hidden: gather(hidden, ({ view1, order }, token) => patch(view1, order[seen + token]!)),
    patches2: gather(tokens, ({ view2 }, token) => patch(view2, token)),
    positions1: places(BigInt64Array.from(ordered)),
    positions2: places(gridCoordinates(pairs.map(({ view2 }) => view2.grid))),
  };
}
