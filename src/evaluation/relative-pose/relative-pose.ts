import type { EvalItem, Measured, Summary } from "../benchmark.ts";
import type { DataBenchmark } from "../data-benchmark.ts";
import { poseAccuracy } from "../metrics/pose-accuracy.ts";
import { mean } from "../metrics/statistics.ts";
import { besidePublished, type Published } from "../published.ts";
import { percent } from "../report/markdown-table.ts";
import { co3dSequences } from "./co3d.ts";
import { evaluateSequence, FRAMES, METHODS, type SequenceMetrics } from "./evaluate-sequence.ts";
import type { PosedSequence } from "./posed-sequence.ts";
import { realEstateSequences } from "./real-estate.ts";
import { sceneSequences } from "./scene-sequences.ts";

interface Dataset {
  readonly name: string;
  readonly title: string;
  readonly split: string;
  readonly sequences: (folder: string) => Promise<readonly PosedSequence[]>;
  readonly published: Published;
}

const DATASETS: readonly Dataset[] = [
  {
    name: "pose-co3d",
    title: "CO3Dv2",
    split: "test sequences of set_lists_fewview_dev of the 41 categories of PoseDiffusion; means over categories",
    sequences: co3dSequences,
    published: {
      source: "paper",
      rows: [
        ["COLMAP + SPSG", "36.1", "27.3", "25.3"],
        ["PixSfM", "33.7", "32.9", "30.1"],
        ["PoseDiffusion", "80.5", "79.8", "66.5"],
        ["DUSt3R 512 PnP, 10 photos", "94.3", "88.4", "77.2"],
        ["DUSt3R 512 global alignment, 10 photos", "96.2", "86.8", "76.7"],
      ],
    },
  },
  {
    name: "pose-re10k",
    title: "RealEstate10K",
    split: "all videos of test/ whose frames are there",
    sequences: realEstateSequences,
    published: {
      source: "paper",
      rows: [
        ["COLMAP + SPSG", "-", "-", "45.2"],
        ["PixSfM", "-", "-", "49.4"],
        ["PoseDiffusion", "-", "-", "48.0"],
        ["DUSt3R 512 PnP, 10 photos", "-", "-", "61.2"],
        ["DUSt3R 512 global alignment, 10 photos", "-", "-", "67.7"],
      ],
    },
  },
  {
    name: "pose-photos",
    title: "photos with poses",
    split: "every scene of which ten photos or more have a pose; all pairs of all scenes count the same",
    sequences: sceneSequences,
    published: { source: "paper", rows: [] },
  },
];

/** Relative poses of a few photos of a sequence (section 4.2 of the paper). */
export const RELATIVE_POSE: readonly DataBenchmark<SequenceMetrics>[] = DATASETS.map((dataset) => ({
  name: dataset.name,
  title: `Relative pose, ${dataset.title}`,
  protocol: [
    `Split: ${dataset.split}.`,
    "Ten photos of each sequence are drawn at random, from a generator seeded with the sequence's name; the first 3, 5 and 10 of them are evaluated together, all pairs.",
    "PnP: of each pair on its own, on the second pointmap of its more confident direction. Global: the poses of `dust3r reconstruct --refine none`, the paper's own, for all photos together. Refined: those of `dust3r reconstruct`, with cameras refined on local features (docs/refinement.md).",
    "RRA@15, RTA@15, mAA30 as in PoseDiffusion (Wang et al. 2023): shares of pairs below 15°, the area below 30° of the larger error; translation without its sign. A pair without a pose is off by 180°.",
    "Which photos the paper drew is not published; its rows are of 10 photos.",
  ],
  async items(network, folder) {
    const sequences = await dataset.sequences(folder);
    return sequences.map((sequence): EvalItem<SequenceMetrics> => {
      return { id: sequence.id, evaluate: () => evaluateSequence(sequence, network) };
    });
  },
  summarize: (measured) => summarize(dataset, measured),
}));

function summarize(dataset: Dataset, measured: readonly Measured<SequenceMetrics>[]): Summary {
  const groups = [...new Set(measured.map(({ metrics }) => metrics.group))];
  const results = FRAMES.flatMap((count) =>
    METHODS.filter((method) => measured.some(({ metrics }) => metrics.frames[count][method])).map((method) => {
      const accuracies = groups.map((group) => {
        const members = measured.filter(({ metrics }) => metrics.group === group);
        return poseAccuracy(members.flatMap(({ metrics }) => metrics.frames[count][method] ?? []));
      });
      const average = (read: (accuracy: (typeof accuracies)[number]) => number | null) =>
        mean(accuracies.flatMap((accuracy) => read(accuracy) ?? []));
      return {
        frames: count,
        method,
        rra15: average(({ rra }) => rra[15]),
        rta15: average(({ rtaUnsigned }) => rtaUnsigned[15]),
        maa30: average(({ maa30Unsigned }) => maa30Unsigned),
        rta15_signed: average(({ rta }) => rta[15]),
        maa30_signed: average(({ maa30 }) => maa30),
      };
    }),
  );
  const rows = results.map((r) => [
    `ours, ${r.method === "pnp" ? "PnP" : r.method}, ${r.frames} photos`,
    String(measured.length),
    ...[r.rra15, r.rta15, r.maa30, r.rta15_signed, r.maa30_signed].map(percent),
  ]);
  const header = ["method", "sequences", "RRA@15", "RTA±@15", "mAA30±", "RTA@15", "mAA30"];
  const last = measured.flatMap(({ metrics }) => metrics.frames[10].refined ?? metrics.frames[10].global ?? []);
  return {
    tables: [besidePublished({ title: `Relative pose, ${dataset.title}`, header, rows }, dataset.published)],
    charts: [
      {
        title: "Pairs of ten photos",
        label: "error in degrees",
        limit: 60,
        series: [
          { name: "rotation", errors: last.map((error) => error.rotation) },
          { name: "translation direction ±", errors: last.flatMap((error) => error.translationUnsigned ?? []) },
        ],
      },
    ],
    figures: { sequences: measured.length, results },
  };
}
