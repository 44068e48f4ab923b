import { joinPath, packageFolder } from "#platform";
import type { RunOptions } from "../core/progress.ts";
import type { View } from "../core/view.ts";
import { loadViews } from "../images/load-views.ts";
import { measureLayerInputs } from "../inference/measure-layer-inputs.ts";
import { openEngine } from "../runtime/engine.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import type { LayerInputs } from "../weights/quantized/layer-inputs.ts";
import { viewSize } from "./view-size.ts";

/** The sample photos that ship with the package, drawn by us. */
const PHOTOS = [1, 2, 3, 4].map((n) => `courtyard-${n}.jpg`);

/** What the layers of these names read, measured on two pairs of sample photos, on the CPU. */
export async function sampleLayerInputs(
  checkpoint: Checkpoint,
  layers: readonly string[],
  { threads, signal }: RunOptions & { readonly threads?: number | undefined } = {},
): Promise<ReadonlyMap<string, LayerInputs>> {
  const { config } = checkpoint;
  const folder = packageFolder("examples/photos");
  const plan = { patchSize: config.patchSize, size: viewSize(config, undefined).size };
  const views = await loadViews(
    PHOTOS.map((name) => joinPath(folder, name)),
    { ...plan, signal },
  );
  const [view1, view2, view3, view4] = views as readonly [View, View, View, View];
  // A process of its own: it needs the network's memory in float32, and gives it back.
  await using engine = await openEngine({ device: "cpu", threads, signal });
  const pairs = [[view1, view2] as const, [view3, view4] as const];
  return await measureLayerInputs(engine, checkpoint, layers, pairs, { signal });
}
