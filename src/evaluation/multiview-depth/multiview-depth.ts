import { joinPath, readBytes } from "#platform";
import { InputError } from "../../core/errors.ts";
import type { PairPrediction } from "../../core/pair-prediction.ts";
import type { Size, View } from "../../core/view.ts";
import { originalDepth } from "../../export/original-pixels.ts";
import { loadViews } from "../../images/load-views.ts";
import { predictViews } from "../../pipeline/predict-pairs.ts";
import { depthColors, depthRange } from "../../rgbd/depth-colors.ts";
import type { EvalItem, Evaluated, Measured, Summary } from "../benchmark.ts";
import type { DataBenchmark } from "../data-benchmark.ts";
import { readDepthPng } from "../depth-png.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { reconstructDense } from "../measured-dense.ts";
import { type DepthErrors, type DepthMap, depthErrors } from "../metrics/depth-errors.ts";
import { mean, median } from "../metrics/statistics.ts";
import { besidePublished } from "../published.ts";
import { fixed, percent } from "../report/markdown-table.ts";
import { readNpzDepth, readPfmDepth, readRawDepth } from "./read-depth.ts";
import { type MultiviewSample, readSampleList } from "./sample-list.ts";

/** Of one key view, with the number of other views that serves best. */
export interface MultiviewDepthMetrics {
  readonly abs_rel: number;
  /** τ: the share of measured pixels within 3 %. */
  readonly delta_1_03: number;
  readonly views: number;
}

/** Errors that differ by less are the same. */
const ROUNDING = 1e-9;

interface Dataset {
  readonly name: string;
  readonly title: string;
  /** As RobustMVD calls it. */
  readonly list: string;
  /** In any unit. */
  readonly readDepth: (path: string) => Promise<DepthMap>;
  readonly published: readonly [rel: string, tau: string];
}

const DATASETS: readonly Dataset[] = [
  {
    name: "mvd-kitti",
    title: "KITTI",
    list: "kitti",
    readDepth: (path) => readDepthPng(path, 1 / 256),
    published: ["9.11", "39.49"],
  },
  {
    name: "mvd-scannet",
    title: "ScanNet",
    list: "scannet",
    readDepth: (path) => readDepthPng(path, 1e-3),
    published: ["4.93", "60.20"],
  },
  { name: "mvd-eth3d", title: "ETH3D", list: "eth3d", readDepth: readRawDepth, published: ["2.91", "76.91"] },
  { name: "mvd-dtu", title: "DTU", list: "dtu", readDepth: readPfmDepth, published: ["3.52", "69.33"] },
  {
    name: "mvd-tanks",
    title: "Tanks and Temples",
    list: "tanks_and_temples",
    readDepth: readNpzDepth,
    published: ["3.17", "76.68"],
  },
];

/** Depth of a key view from several views (section 4.4 of the paper), by the protocol of RobustMVD. */
export const MULTIVIEW_DEPTH: readonly DataBenchmark<MultiviewDepthMetrics>[] = DATASETS.map((dataset) => ({
  name: dataset.name,
  title: `Multi-view depth, ${dataset.title}`,
  protocol: [
    `Split: \`${dataset.list}.robustmvd.mvd.pickle\` of the RobustMVD benchmark (Schröppel et al. 2022), in its layout; neither poses nor intrinsics are used.`,
    "The key view is paired with each other view; the depth maps of the pairs are scaled to each other by the median of ratios and averaged with their confidences as weights.",
    "Views are taken in the order of how well each serves alone, and the best number of them counts, as that benchmark does for all methods (quasi-optimal view selection).",
    "With `--dense stereo` all views are reconstructed together, cameras refined, and the key view's depth is that of stereo and its filling; samples whose key camera is not refined are as without.",
    "Scaled by the ratio of medians. rel: mean of |d − d*| / d* in percent; τ: share of measured pixels with max(d / d*, d* / d) < 1.03. Means over samples; the time is of one sample, photos read and all pairs inferred.",
  ],
  async items(network, folder) {
    const path = joinPath(folder, `${dataset.list}.robustmvd.mvd.pickle`);
    const samples = readSampleList(await readBytes(path), path);
    return samples.map((sample): EvalItem<MultiviewDepthMetrics> => {
      return { id: sample.name, evaluate: () => evaluateSample(sample, { folder, dataset, network }) };
    });
  },
  summarize: (measured) => summarize(dataset, measured),
}));

interface Setup {
  readonly folder: string;
  readonly dataset: Dataset;
  readonly network: EvaluatedNetwork;
}

async function evaluateSample(
  { name, base, images, depth, keyView }: MultiviewSample,
  { folder, dataset, network }: Setup,
): Promise<Evaluated<MultiviewDepthMetrics>> {
  const at = (file: string) => joinPath(folder, base, file);
  const truth = await dataset.readDepth(at(depth));
  const files = [images[keyView]!, ...images.filter((_, i) => i !== keyView)];
  const views = await loadViews(files.map(at), { ...network.plan, signal: network.signal });
  requireShape(`${name}: ${depth}`, truth, views[0]!.original);
  const measured = network.dense === "stereo" ? await measuredKeyView(network, views, files.map(at)) : undefined;
  const errors = measured && depthErrors(truth, measured);
  if (errors !== undefined) {
    const { absRel, delta103 } = errors;
    const metrics = { abs_rel: absRel, delta_1_03: delta103, views: views.length - 1 };
    return { metrics, badness: absRel, pictures: () => [views[0]!] };
  }
  const maps = await predictKeyView(network, views);
  const errorsOf = (map: Float32Array) => depthErrors(truth, keyDepth(map, views[0]!));
  const ranked = maps
    .map((map) => ({ map, error: errorsOf(map.depth)?.absRel ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => a.error - b.error)
    .map(({ map }) => map);
  let best: { readonly errors: DepthErrors; readonly views: number; readonly map: Float32Array } | undefined;
  for (let count = 1; count <= ranked.length; count++) {
    const map = fuse(ranked.slice(0, count));
    const errors = errorsOf(map);
    // More views count where they help, by more than rounding.
    if (errors !== undefined && !(errors.absRel > (best?.errors.absRel ?? Number.POSITIVE_INFINITY) - ROUNDING)) {
      best = { errors, views: count, map };
    }
  }
  if (best === undefined) throw new InputError(`${name}: ${depth} has no depth where there is a prediction`);
  const { absRel, delta103 } = best.errors;
  const { map } = best;
  const [key] = views;
  return {
    metrics: { abs_rel: absRel, delta_1_03: delta103, views: best.views },
    badness: absRel,
    pictures: () => [key!, { width: key!.width, height: key!.height, rgb: depthColors(map, depthRange([map])) }],
  };
}

/** Depth may be at another resolution than its photo, but of the same picture. */
function requireShape(where: string, depth: DepthMap, photo: Size): void {
  const ratio = (depth.width * photo.height) / (depth.height * photo.width);
  if (Math.abs(ratio - 1) < 0.01) return;
  const found = `is ${depth.width}x${depth.height}, its photo ${photo.width}x${photo.height}`;
  throw new InputError(`${where}: the depth map ${found}; the same proportions are expected`);
}

/** The key view's depth where stereo measured it and as it was filled elsewhere; undefined where its camera is not exact enough. */
async function measuredKeyView(
  network: EvaluatedNetwork,
  views: readonly View[],
  files: readonly string[],
): Promise<DepthMap | undefined> {
  const { dense } = await reconstructDense(network, views, files);
  return await dense?.maps[0]?.load();
}

/** At the key view's network resolution. */
interface PairDepth {
  readonly depth: Float32Array;
  readonly confidence: Float32Array;
}

async function predictKeyView(network: EvaluatedNetwork, views: readonly View[]): Promise<readonly PairDepth[]> {
  const pairs = views.slice(1).map((_, i) => ({ view1: 0, view2: i + 1 }));
  if (pairs.length === 0) throw new InputError("a sample needs at least two views");
  return (await predictViews(network, views, { pairs, signal: network.signal })).map(pairDepth);
}

function pairDepth({ pointmap1, confidence1 }: PairPrediction): PairDepth {
  const depth = Float32Array.from(confidence1, (_, i) => Math.max(pointmap1[3 * i + 2]!, 0));
  return { depth, confidence: confidence1 };
}

/** The mean of depth maps, each scaled to the first, weighted by confidence; 0 where none has a depth. */
export function fuse(maps: readonly PairDepth[]): Float32Array {
  const [first] = maps;
  const sum = new Float64Array(first!.depth.length);
  const weight = new Float64Array(first!.depth.length);
  for (const { depth, confidence } of maps) {
    const ratios = depth.map((z, i) => first!.depth[i]! / z).filter((ratio) => ratio > 0 && Number.isFinite(ratio));
    const scale = median(ratios) ?? 1;
    for (let i = 0; i < sum.length; i++) {
      if (!(depth[i]! > 0)) continue;
      sum[i]! += confidence[i]! * scale * depth[i]!;
      weight[i]! += confidence[i]!;
    }
  }
  return Float32Array.from(sum, (total, i) => (weight[i]! > 0 ? total / weight[i]! : 0));
}

function keyDepth(map: Float32Array, view: View): DepthMap {
  return { ...view.original, depth: originalDepth(map, view) };
}

function summarize(dataset: Dataset, measured: readonly Measured<MultiviewDepthMetrics>[]): Summary {
  const average = (key: keyof MultiviewDepthMetrics) => mean(measured.map(({ metrics }) => metrics[key]));
  const figures = {
    samples: measured.length,
    abs_rel: average("abs_rel"),
    tau: average("delta_1_03"),
    views: average("views"),
    seconds: median(measured.map(({ seconds }) => seconds)),
  };
  const row = [
    "ours",
    String(figures.samples),
    percent(figures.abs_rel),
    percent(figures.tau),
    fixed(figures.views, 1),
    fixed(figures.seconds, 2),
  ];
  const header = ["method", "samples", "rel %", "τ %", "views", "s"];
  const published = { source: "paper", rows: [["DUSt3R 512", ...dataset.published]] } as const;
  return {
    tables: [besidePublished({ title: `Multi-view depth, ${dataset.title}`, header, rows: [row] }, published)],
    charts: [
      {
        title: "Key views",
        label: "rel",
        limit: 0.5,
        series: [{ name: "ours", errors: measured.map((m) => m.metrics.abs_rel) }],
      },
    ],
    figures,
  };
}
