import { seededRandom } from "../../core/random.ts";
import type { View } from "../../core/view.ts";
import { openBlendedMvs } from "../../datasets/blendedmvs.ts";
import { openCo3d } from "../../datasets/co3d.ts";
import type { Dataset, Split } from "../../datasets/dataset.ts";
import { openHabitat } from "../../datasets/habitat.ts";
import { centeredIntrinsics } from "../../geometry/camera.ts";
import { predictViews } from "../../pipeline/predict-pairs.ts";
import { estimateFocals } from "../../tasks/photo-focals.ts";
import type { EvalItem, Evaluated, Measured, Summary } from "../benchmark.ts";
import type { DataBenchmark } from "../data-benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { fieldOfViewError, relativeFocalError } from "../metrics/focal-errors.ts";
import { reprojectionAccuracy } from "../metrics/reprojection-accuracy.ts";
import { mean, median } from "../metrics/statistics.ts";
import { fixed, percent } from "../report/markdown-table.ts";
import { viewOfImage } from "../view-of-image.ts";

/** From the photo alone, and from the photo with its partner. */
export interface IntrinsicsMetrics {
  readonly monocular: FocalFit;
  readonly binocular: FocalFit;
}

/** How well a focal length fits the first photo of a pair; null where none was found. */
export interface FocalFit {
  readonly fov_error_deg: number | null;
  readonly focal_error: number | null;
  /** Share of the pixels whose true point projects to within 1 % of the diagonal; 0 without a focal length. */
  readonly reprojection: number;
}

interface Source {
  readonly name: string;
  readonly title: string;
  readonly open: (folder: string, split: Split) => Promise<Dataset>;
}

const SOURCES: readonly Source[] = [
  { name: "intrinsics-habitat", title: "Habitat", open: openHabitat },
  { name: "intrinsics-blendedmvs", title: "BlendedMVS", open: openBlendedMvs },
  { name: "intrinsics-co3d", title: "CO3Dv2", open: openCo3d },
];

/** Pairs of each set, as many as the paper validates with. */
const PAIRS = 1000;

/** Focal lengths from pointmaps (section 3.3 of the paper). */
export const INTRINSICS: readonly DataBenchmark<IntrinsicsMetrics>[] = SOURCES.map((source) => ({
  name: source.name,
  title: `Intrinsics, ${source.title}`,
  protocol: [
    `${PAIRS} pairs, evenly spaced in the validation split, in the layout \`dust3r data prepare\` leaves; frames that a set leaves to chance are drawn from a generator seeded with the pair's number.`,
    "monocular: the first photo paired with itself; binocular: paired with the second photo. The focal length is that of `dust3r focal`, the principal point the photo's center.",
    "FoV: mean and median difference of the angle that the photo's width spans. Reprojection: share of the pixels with depth whose true point projects to within 1 % of the image diagonal of the pixel, mean over photos.",
  ],
  async items(network, folder) {
    return intrinsicsItems(await source.open(folder, "validation"), network);
  },
  summarize: (measured) => summarize(source, measured),
}));

/** Pairs of a data set, evenly spaced. */
export function intrinsicsItems(dataset: Dataset, network: EvaluatedNetwork): readonly EvalItem<IntrinsicsMetrics>[] {
  const count = Math.min(PAIRS, dataset.pairs);
  return Array.from({ length: count }, (_, k): EvalItem<IntrinsicsMetrics> => {
    const pair = Math.floor((k * dataset.pairs) / count);
    return { id: `pair ${pair}`, evaluate: () => evaluatePair(dataset, pair, network) };
  });
}

async function evaluatePair(
  dataset: Dataset,
  pair: number,
  network: EvaluatedNetwork,
): Promise<Evaluated<IntrinsicsMetrics>> {
  const random = seededRandom(`intrinsics ${pair}`);
  const frames = dataset.choosePair(pair, random);
  const photos = await Promise.all(frames.map((frame) => dataset.readFrame(frame, { hideBackground: false, random })));
  const views = photos.map((photo, i) => viewOfImage(photo, dataset.frameName(frames[i]!), network.plan));
  const predict = (seen: readonly View[]) => predictViews(network, seen, { signal: network.signal });
  const [alone, both] = [await predict(views.slice(0, 1)), await predict(views)];
  const fit = (focal: number | undefined): FocalFit => {
    const truth = photos[0]!;
    if (focal === undefined) return { fov_error_deg: null, focal_error: null, reprojection: 0 };
    return {
      fov_error_deg: fieldOfViewError(truth.width, truth.intrinsics.fx, focal),
      focal_error: relativeFocalError(truth.intrinsics.fx, focal),
      reprojection: reprojectionAccuracy(truth, centeredIntrinsics(truth, focal)) ?? 0,
    };
  };
  const metrics = {
    monocular: fit(estimateFocals(views.slice(0, 1), alone)[0]?.focal),
    binocular: fit(estimateFocals(views, both)[0]?.focal),
  };
  return { metrics, badness: metrics.binocular.fov_error_deg ?? 180, pictures: () => views };
}

function summarize({ title }: Source, measured: readonly Measured<IntrinsicsMetrics>[]): Summary {
  const results = (["monocular", "binocular"] as const).map((way) => {
    const fits = measured.map(({ metrics }) => metrics[way]);
    const angles = fits.flatMap((fit) => fit.fov_error_deg ?? []);
    return {
      way,
      photos: fits.length,
      fov_error_deg: mean(angles),
      median_fov_error_deg: median(angles),
      focal_error: median(fits.flatMap((fit) => fit.focal_error ?? [])),
      reprojection: mean(fits.map((fit) => fit.reprojection)),
    };
  });
  const rows = results.map((r) => [
    `ours, ${r.way}`,
    String(r.photos),
    fixed(r.fov_error_deg, 2),
    fixed(r.median_fov_error_deg, 2),
    percent(r.focal_error),
    percent(r.reprojection),
  ]);
  const header = ["method", "photos", "FoV ° mean", "FoV ° median", "focal % median", "reprojection %"];
  const series = results.map(({ way }) => {
    return { name: way, errors: measured.flatMap(({ metrics }) => metrics[way].fov_error_deg ?? []) };
  });
  return {
    tables: [{ title: `Intrinsics, ${title}`, header, rows }],
    charts: [{ title: "Photos", label: "field-of-view error in degrees", limit: 30, series }],
    figures: results,
  };
}
