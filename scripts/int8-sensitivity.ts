/**
 * What each kind of layer, and each of the encoder's blocks, costs in 8 bits: rounds one at a time and compares pointmaps and
 * confidences with float32.
 *
 * `npx tsx --conditions=source scripts/int8-sensitivity.ts MODEL [--pairs 12] [--photos FOLDER]`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { photosBelow } from "../src/cli/photos-below.ts";
import type { PairPrediction } from "../src/core/pair-prediction.ts";
import type { View } from "../src/core/view.ts";
import { predictionDeviation } from "../src/evaluation/metrics/prediction-deviation.ts";
import { EVALUATION_SEED, proceduralPairs, viewOfPhoto } from "../src/evaluation/procedural/procedural-pairs.ts";
import { markdownTable } from "../src/evaluation/report/markdown-table.ts";
import { loadViews } from "../src/images/load-views.ts";
import { planView } from "../src/images/plan-view.ts";
import { PairNetwork } from "../src/inference/pair-network.ts";
import { parameterShapes } from "../src/network/parameters.ts";
import { quantizedLayers } from "../src/network/quantized-layers.ts";
import { sampleLayerInputs } from "../src/pipeline/layer-inputs.ts";
import { predictViews } from "../src/pipeline/predict-pairs.ts";
import { openEngine } from "../src/runtime/engine.ts";
import { openQuantizedWeights } from "../src/weights/quantized/open-quantized.ts";
import { resolveModel } from "../src/weights/resolve-model.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pairs: { type: "string", default: "12" }, photos: { type: "string" } },
});
const count = Number(values.pairs);
const checkpoint = await resolveModel(positionals[0]);
const { config } = checkpoint;
const plan = { patchSize: config.patchSize, size: Math.max(config.imageSize.width, config.imageSize.height) };

const taken = quantizedLayers(config);
const heads = [...parameterShapes(config).keys()]
  .filter((name) => /^downstream_head\d\.(proj|dpt\.act_postprocess\.\d\.0)\.weight$/.test(name))
  .map((name) => name.replace(/\.weight$/, ""));
const kinds = new Map<string, string[]>([["all that q8 takes", [...taken]]]);
for (const layer of taken) {
  const part = layer.replace(/^(enc|dec)_blocks2?\.\d+\./, "");
  const kind = layer === part ? layer : `${layer.startsWith("enc") ? "encoder" : "decoder"} ${part}`;
  kinds.set(kind, [...(kinds.get(kind) ?? []), layer]);
}
for (let block = 0; block < config.encoder.depth; block++) {
  kinds.set(
    `encoder block ${block}`,
    taken.filter((layer) => layer.startsWith(`enc_blocks.${block}.`)),
  );
}
kinds.set("decoder_embed", ["decoder_embed"]);
kinds.set("heads' fully connected layers", heads);

const pairs = await viewPairs();
const inputs = await sampleLayerInputs(checkpoint, taken);
const reference = await predictAll(new Set());
const rows: string[][] = [];
for (const [kind, layers] of kinds) {
  const { points, confidence } = predictionDeviation(reference, await predictAll(new Set(layers)));
  const shown = [points.median, points.p99, confidence.median, confidence.p99];
  rows.push([kind, String(layers.length), ...shown.map((value) => (100 * value).toFixed(2))]);
  console.error(rows.at(-1)!.join("  "));
}
console.log(`${checkpoint.name}: ${pairs.length} pairs`);
console.log(
  markdownTable({
    title: "",
    header: ["layers in 8 bits", "layers", "points %", "99 %", "confidence %", "99 %"],
    rows,
  }),
);

async function viewPairs(): Promise<readonly (readonly View[])[]> {
  if (values.photos !== undefined) {
    const photos = [...(await photosBelow([values.photos]))].sort();
    const step = Math.max(2, Math.floor(photos.length / count));
    const starts = Array.from({ length: count }, (_, i) => i * step).filter((start) => start + 1 < photos.length);
    return Promise.all(starts.map((start) => loadViews(photos.slice(start, start + 2), plan)));
  }
  const { width, height } = planView({ width: 4000, height: 3000 }, plan);
  const draw = proceduralPairs({ seed: EVALUATION_SEED, pairsPerScene: 4, width, height });
  return Array.from({ length: count }, (_, k) => draw(k).views.map((view, i) => viewOfPhoto(view, `${k}-${i}`)));
}

/** The first ordered pair of each two views, with these layers in 8 bits. */
async function predictAll(layers: ReadonlySet<string>): Promise<readonly PairPrediction[]> {
  const cache = mkdtempSync(join(tmpdir(), "dust3r-sensitivity-"));
  const measureInputs = async () => inputs;
  try {
    await using engine = await openEngine({ device: "cpu" });
    const network =
      layers.size === 0
        ? new PairNetwork(engine, checkpoint)
        : new PairNetwork(
            engine,
            await openQuantizedWeights(checkpoint, { cache, layers: [...layers], measureInputs }),
            "q8",
          );
    const predictions: PairPrediction[] = [];
    for (const views of pairs) {
      predictions.push(...(await predictViews({ network }, views, { pairs: [{ view1: 0, view2: 1 }] })));
    }
    return predictions;
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}
