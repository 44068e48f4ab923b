import { InputError } from "../../core/errors.ts";
import { randomInteger, seededRandom } from "../../core/random.ts";
import type { Size } from "../../core/view.ts";
import { openPhotoScene } from "../../datasets/photo-scene.ts";
import { openShards, type ShardScenes } from "../../datasets/shard-scenes.ts";
import type { RgbdScene } from "../../rgbd/rgbd-view.ts";

/** The scenes of a folder of shards over and over, each time in another order; those with too little depth are skipped. */
export function shardSeries(folder: string, seed: number): (index: number) => Promise<RgbdScene> {
  let opened: Promise<ShardScenes> | undefined;
  let order: { readonly epoch: number; readonly scenes: Int32Array } | undefined;
  return async (index) => {
    opened ??= openShards(folder);
    const { count, scene } = await opened;
    const epoch = Math.floor(index / count);
    if (order?.epoch !== epoch) order = { epoch, scenes: shuffled(count, `shards ${seed}/${epoch}`) };
    for (let skipped = 0; skipped < count; skipped++) {
      const found = await scene(order.scenes[(index + skipped) % count]!);
      if (found !== undefined) return found;
    }
    throw new InputError(`${folder}: no scene has two views with depth`);
  };
}

/** The same scene of photos over and over: its training pairs, at least as large as a batch with spare pixels needs. */
export function photoSeries(
  folder: string,
  { width, height, spare = 0 }: Size & { readonly spare?: number },
): () => Promise<RgbdScene> {
  let opened: Promise<RgbdScene> | undefined;
  return () => (opened ??= openPhotoScene(folder, "train", { width: width + spare, height: height + spare }));
}

function shuffled(count: number, seed: string): Int32Array {
  const random = seededRandom(seed);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = randomInteger(random, i + 1);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}
