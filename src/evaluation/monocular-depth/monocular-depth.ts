import { InputError } from "../../core/errors.ts";
import { originalDepth } from "../../export/original-pixels.ts";
import { loadView } from "../../images/load-views.ts";
import { reconstructViews } from "../../pipeline/reconstruct.ts";
import { depthColors, depthRange } from "../../rgbd/depth-colors.ts";
import type { EvalItem, Evaluated, Measured, Summary } from "../benchmark.ts";
import type { DataBenchmark } from "../data-benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { depthErrors } from "../metrics/depth-errors.ts";
import { mean } from "../metrics/statistics.ts";
import { besidePublished, type Published } from "../published.ts";
import { fixed, percent } from "../report/markdown-table.ts";
import { viewOfImage } from "../view-of-image.ts";
import { ddadSamples } from "./ddad.ts";
import type { DepthSample } from "./depth-sample.ts";
import { kittiSamples } from "./kitti.ts";
import { nyuSamples } from "./nyuv2.ts";
import { tumSamples } from "./tum-rgbd.ts";

/** Of one photo, after median scaling. */
export interface MonocularDepthMetrics {
  readonly abs_rel: number;
  readonly delta_1_25: number;
  readonly delta_1_03: number;
  readonly coverage: number;
}

interface Dataset {
  readonly name: string;
  readonly title: string;
  readonly split: string;
  readonly samples: (folder: string) => Promise<readonly DepthSample[]>;
  /** Meters between which depth counts. */
  readonly range: readonly [nearest: number, farthest: number];
  readonly published: readonly (readonly [method: string, absRel: string, delta: string])[];
}

const METHODS = ["DUSt3R 224, no CroCo", "DUSt3R 224", "DUSt3R 512"] as const;

/** Section 4.3 of the paper, its table of monocular depth: Rel and δ1.25 in percent. */
function published(...figures: readonly (readonly [absRel: number, delta: number])[]): Dataset["published"] {
  return figures.map(([absRel, delta], i) => [METHODS[i]!, (absRel / 100).toFixed(4), delta.toFixed(2)]);
}

const DATASETS: readonly Dataset[] = [
  {
    name: "mono-ddad",
    title: "DDAD",
    split: "the validation split, front camera; depth of the laser scan up to 200 m",
    samples: ddadSamples,
    range: [0, 200],
    published: published([19.63, 70.03], [16.32, 77.58], [13.88, 81.17]),
  },
  {
    name: "mono-kitti",
    title: "KITTI",
    split: "the validation crops of the depth prediction benchmark (val_selection_cropped), up to 80 m",
    samples: kittiSamples,
    range: [0, 80],
    published: published([20.1, 71.21], [16.97, 77.89], [10.74, 86.6]),
  },
  {
    name: "mono-bonn",
    title: "BONN",
    split: "every photo of the sequences given that has a depth map within 20 ms, up to 10 m",
    samples: tumSamples,
    range: [0, 10],
    published: published([14.44, 86], [11.05, 89.95], [8.08, 93.56]),
  },
  {
    name: "mono-nyuv2",
    title: "NYUv2",
    split: "the 654 labeled photos of the test split, up to 10 m",
    samples: nyuSamples,
    range: [0, 10],
    published: published([14.51, 81.06], [10.28, 88.92], [6.5, 94.09]),
  },
  {
    name: "mono-tum",
    title: "TUM",
    split: "every photo of the sequences given that has a depth map within 20 ms, up to 10 m",
    samples: tumSamples,
    range: [0, 10],
    published: published([22.14, 66.26], [17.61, 75.44], [14.17, 79.89]),
  },
];

/** Depth from one photo (section 4.3 of the paper): the photo paired with itself. */
export const MONOCULAR_DEPTH: readonly DataBenchmark<MonocularDepthMetrics>[] = DATASETS.map((dataset) => ({
  name: dataset.name,
  title: `Monocular depth, ${dataset.title}`,
  protocol: [
    `Split: ${dataset.split}.`,
    "The photo is paired with itself; depth is the z of its pointmap, at the photo's own size.",
    "Per photo scaled by the ratio of the medians of true and predicted depth. Rel: mean of |d − d*| / d*; δ1.25: share of measured pixels with max(d / d*, d* / d) < 1.25, where a missing prediction is wrong (Eigen et al. 2014). Means over photos.",
    "The paper does not say how far depth counts, nor which frames of DDAD, BONN and TUM it took: its rows are a guide, not the same measurement.",
  ],
  async items(network, folder) {
    const samples = await dataset.samples(folder);
    return samples.map((sample): EvalItem<MonocularDepthMetrics> => {
      return { id: sample.id, evaluate: () => evaluateSample(sample, network, dataset.range) };
    });
  },
  summarize: (measured) => summarize(dataset, measured),
}));

async function evaluateSample(
  { id, photo, truth }: DepthSample,
  network: EvaluatedNetwork,
  range: Dataset["range"],
): Promise<Evaluated<MonocularDepthMetrics>> {
  const name = id.split("/").at(-1)!;
  const view =
    typeof photo === "string"
      ? await loadView(photo, name, network.plan)
      : viewOfImage(await photo(), name, network.plan);
  const map = await truth();
  const { original } = view;
  if (map.width !== original.width || map.height !== original.height) {
    throw new InputError(
      `${id}: its depth map is ${map.width}x${map.height}, the photo ${original.width}x${original.height}`,
    );
  }
  const scene = await reconstructViews(network, [view], { signal: network.signal });
  const [found] = scene.images;
  const errors = depthErrors(map, { ...original, depth: originalDepth(found!.depth, view) }, { range });
  if (errors === undefined) throw new InputError(`${id}: no depth was measured where there is a prediction`);
  const { absRel, delta125, delta103, coverage } = errors;
  return {
    metrics: { abs_rel: absRel, delta_1_25: delta125, delta_1_03: delta103, coverage },
    badness: absRel,
    pictures() {
      const { width, height, depth } = found!;
      return [view, { width, height, rgb: depthColors(depth, depthRange([depth])) }];
    },
  };
}

function summarize(dataset: Dataset, measured: readonly Measured<MonocularDepthMetrics>[]): Summary {
  const average = (key: keyof MonocularDepthMetrics) => mean(measured.map(({ metrics }) => metrics[key]));
  const figures = {
    photos: measured.length,
    abs_rel: average("abs_rel"),
    delta_1_25: average("delta_1_25"),
    delta_1_03: average("delta_1_03"),
    coverage: average("coverage"),
    seconds: mean(measured.map(({ seconds }) => seconds)),
  };
  const row = [
    "ours",
    String(figures.photos),
    fixed(figures.abs_rel, 4),
    percent(figures.delta_1_25),
    percent(figures.coverage),
    fixed(figures.seconds, 2),
  ];
  const header = ["method", "photos", "Rel", "δ1.25", "coverage %", "s"];
  const paper: Published = { source: "paper", rows: dataset.published };
  return {
    tables: [besidePublished({ title: `Monocular depth, ${dataset.title}`, header, rows: [row] }, paper)],
    charts: [
      {
        title: "Photos",
        label: "Rel",
        limit: 1,
        series: [{ name: "ours", errors: measured.map((m) => m.metrics.abs_rel) }],
      },
    ],
    figures,
  };
}
