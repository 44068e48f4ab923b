import type { RgbImage } from "../../core/rgb-image.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { openSession } from "../../runtime/session.ts";
import { type CompletionPair, completionBatch, type PatchedImage } from "../batches/completion-batch.ts";
import { joinBlocks } from "../batches/pixel-blocks.ts";
import { completionGraph } from "../loss/completion-graph.ts";
import { parameterFeeds } from "../loss/evaluate-loss.ts";
import { lossModel } from "../loss/training-graph.ts";
import type { ParameterLayout } from "../optimizer/parameter-layout.ts";
import type { Example } from "./validation.ts";

/** A network of pre-training, and how many patches are masked. */
interface Painter {
  readonly layout: ParameterLayout;
  readonly values: Float32Array;
  /** Masked patches per image. */
  readonly hidden: number;
}

/**
 * Examples of cross-view completion: view 1 masked, reconstructed and as it is, and view 2. The network predicts
 * patches of zero mean and unit variance; they get the mean and the variance of the true ones.
 */
export async function completionExamples(
  pairs: readonly CompletionPair[],
  network: NetworkConfig,
  { hidden, layout, values }: Painter,
): Promise<readonly Example[]> {
  const shape = { pairs: pairs.length, grid: pairs[0]!.view1.grid, hidden };
  const session = await openSession(lossModel(completionGraph(network, shape, true)).bytes, { device: "cpu" });
  try {
    const outputs = await session.run({ ...completionBatch(pairs, hidden), ...parameterFeeds(layout, values) });
    const painted = outputs.painted!.data as Float32Array;
    const size = 3 * network.patchSize ** 2;
    return pairs.map(({ view1, view2, order }, i) => {
      const [seen, completed] = [view1.patches.slice(), view1.patches.slice()];
      order.slice(order.length - hidden).forEach((token, k) => {
        const at = (i * hidden + k) * size;
        seen.fill(0, token * size, (token + 1) * size);
        completed.set(likeTruth(painted.subarray(at, at + size), patchOf(view1, token, size)), token * size);
      });
      const picture = (patches: Float32Array) => patchPicture({ ...view1, patches }, network.patchSize);
      return {
        pictures: [
          { caption: "view 1 as seen", image: picture(seen) },
          { caption: "painted", image: picture(completed) },
          { caption: "true", image: picture(view1.patches) },
          { caption: "view 2", image: patchPicture(view2, network.patchSize) },
        ],
      };
    });
  } finally {
    await session.dispose();
  }
}

function patchOf({ patches }: PatchedImage, token: number, size: number): Float32Array {
  return patches.subarray(token * size, (token + 1) * size);
}

/** Normalized pixels, the channel fastest, with the true patch's mean and spread, the channel slowest. */
function likeTruth(painted: Float32Array, truth: Float32Array): Float32Array {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const variance = truth.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (truth.length - 1);
  const pixels = truth.length / 3;
  return truth.map((_, i) => mean + Math.sqrt(variance) * painted[3 * (i % pixels) + Math.floor(i / pixels)]!);
}

/** Patches in [-1, 1] as the picture that they were cut from. */
function patchPicture({ grid, patches }: PatchedImage, patchSize: number): RgbImage {
  const [width, height] = [grid.columns * patchSize, grid.rows * patchSize];
  const image = joinBlocks(patches, { width, height }, { width: patchSize, height: patchSize });
  const rgb = Uint8Array.from(image, (value) => Math.round(127.5 * (Math.min(1, Math.max(-1, value)) + 1)));
  return { width, height, rgb };
}
