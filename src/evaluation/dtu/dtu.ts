import { InputError } from "../../core/errors.ts";
import type { Scene, SceneImage } from "../../core/scene.ts";
import { unprojectDepth } from "../../geometry/camera.ts";
import { nearestNeighbors } from "../../geometry/nearest-neighbors.ts";
import { composePoses, type Matrix4, transformPoints, translationOf } from "../../geometry/pose.ts";
import { registerPoints } from "../../geometry/register-points.ts";
import { composeSimilarities, type Similarity, similarityMatrix } from "../../geometry/similarity.ts";
import { loadViews } from "../../images/load-views.ts";
import { reconstructViews } from "../../pipeline/reconstruct.ts";
import type { Evaluated, Measured, Summary } from "../benchmark.ts";
import type { DataBenchmark } from "../data-benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { reconstructDense } from "../measured-dense.ts";
import { directedDistance } from "../metrics/directed-distance.ts";
import { mean } from "../metrics/statistics.ts";
import { besidePublished, type Published } from "../published.ts";
import { fixed } from "../report/markdown-table.ts";
import { type DtuPhoto, type DtuTruth, findDtuScans, readDtuPhotos, readDtuTruth } from "./dtu-scan.ts";
import { thinPoints } from "./thin-points.ts";

/** In millimeters; `overall` is the mean of both. */
export interface DtuMetrics {
  readonly accuracy: number;
  readonly completeness: number;
  readonly overall: number;
  readonly photos: number;
  readonly points: number;
}

/** Reconstructed points are thinned to this distance, in millimeters. */
const SPACING = 0.2;
/** Distances of this many millimeters and more are outliers that do not count. */
const OUTLIER = 20;
/** Pixels at or below this confidence are left out, as in `dust3r reconstruct`. */
const MIN_CONFIDENCE = 3;

const PUBLISHED: Published = {
  source: "papers",
  rows: [
    ["DUSt3R 512", "2.677", "0.805", "1.741"],
    ["MASt3R", "0.403", "0.344", "0.374"],
    ["VGGT", "-", "-", "0.382"],
  ],
};

/** Dense reconstruction (section 4.5 of the paper). */
export const DTU: DataBenchmark<DtuMetrics> = {
  name: "dtu",
  title: "3D reconstruction, DTU",
  protocol: [
    "The 22 test scans (those of them that are there), 49 photos each at full light, without poses or intrinsics, all photos with all.",
    "The points above confidence 3 are aligned to the true scan by the least-squares similarity between camera centers, then by ten steps of iterated closest points on those within 20 mm, and thinned to 0.2 mm.",
    "With `--dense stereo` cameras are refined, and the points are those that stereo measures.",
    "accuracy: mean distance of reconstructed points within the observability mask from the scan; completeness: mean distance of the scan's points above the table from the reconstruction; distances of 20 mm and more do not count (Jensen et al. 2014, Aanæs et al. 2016). Means over scans.",
  ],
  async items(network, folder) {
    const scans = await findDtuScans(folder);
    return scans.map((scan) => ({ id: `scan${scan}`, evaluate: () => evaluateScan(folder, scan, network) }));
  },
  summarize,
};

async function evaluateScan(folder: string, scan: number, network: EvaluatedNetwork): Promise<Evaluated<DtuMetrics>> {
  const photos = await readDtuPhotos(folder, scan);
  const truth = await readDtuTruth(folder, scan);
  const { plan, signal } = network;
  const files = photos.map(({ path }) => path);
  const views = await loadViews(files, { ...plan, signal });
  const { scene, dense } =
    network.dense === "stereo"
      ? await reconstructDense(network, views, files)
      : { scene: await reconstructViews(network, views, { signal }) };
  const placed = placePoints(scene, photos, { truth, measured: dense?.points.positions });
  const metrics = { photos: photos.length, ...compareWithScan(placed, truth) };
  return { metrics, badness: metrics.overall, pictures: () => views.slice(0, 3) };
}

/** The reconstruction's points in the scan's frame, thinned: those that are measured, or the confident ones of all depth maps. */
function placePoints(
  scene: Scene,
  photos: readonly DtuPhoto[],
  { truth, measured }: { readonly truth: DtuTruth; readonly measured: Float32Array | undefined },
): Float32Array {
  const registered = scene.images.flatMap((image, i) =>
    image.registered ? [{ image, center: photos[i]!.center }] : [],
  );
  const found = Float64Array.from(registered.flatMap(({ image }) => translationOf(image.worldFromCam)));
  const registration = registerPoints(found, Float64Array.from(registered.flatMap(({ center }) => center)));
  if (registration.status === "failed")
    throw new InputError(`the cameras cannot be aligned to the true ones: ${registration.reason}`);
  if (measured?.length === 0)
    throw new InputError("stereo measured no point: no cameras were refined, or photos agree on nothing");
  const scanFromWorld = similarityMatrix(registration.targetFromSource);
  const all = measured ? transformPoints(scanFromWorld, measured) : confidentPoints(registered, scanFromWorld);
  return thinPoints(transformPoints(similarityMatrix(closestPoints(all, truth.points)), all), SPACING);
}

/** Points of depth maps above the least confidence. */
function confidentPoints(registered: readonly { readonly image: SceneImage }[], scanFromWorld: Matrix4): Float32Array {
  const placed = registered.map(({ image }) => {
    const confident = image.depth.map((z, i) => (image.confidence[i]! > MIN_CONFIDENCE ? z : 0));
    const points = unprojectDepth(confident, image, image.intrinsics).filter(
      (_, i) => confident[Math.floor(i / 3)]! > 0,
    );
    return transformPoints(composePoses(scanFromWorld, image.worldFromCam), points);
  });
  const all = new Float32Array(placed.reduce((sum, points) => sum + points.length, 0));
  let at = 0;
  for (const points of placed) {
    all.set(points, at);
    at += points.length;
  }
  if (all.length === 0) throw new InputError(`no point has a confidence above ${MIN_CONFIDENCE}`);
  return all;
}

const STEPS = 10;
const SAMPLES = 20_000;

/** Iterated closest points (Besl & McKay 1992) on evenly drawn points: the similarity that remains to be applied. */
function closestPoints(points: Float32Array, truth: Float32Array): Similarity {
  let moved: Similarity = { scale: 1, rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], translation: [0, 0, 0] };
  const sample = everyFew(points, SAMPLES);
  for (let step = 0; step < STEPS; step++) {
    const source = transformPoints(similarityMatrix(moved), sample);
    const { indices, squaredDistances } = nearestNeighbors(source, truth);
    const near = Array.from(indices.keys()).filter((i) => squaredDistances[i]! < OUTLIER ** 2);
    const pick = (from: Float32Array, of: (i: number) => number) =>
      Float32Array.from({ length: 3 * near.length }, (_, k) => from[3 * of(near[Math.floor(k / 3)]!) + (k % 3)]!);
    const registration = registerPoints(
      pick(source, (i) => i),
      pick(truth, (i) => indices[i]!),
    );
    if (registration.status === "failed") break;
    moved = composeSimilarities(registration.targetFromSource, moved);
  }
  return moved;
}

function everyFew(points: Float32Array, most: number): Float32Array {
  const step = Math.max(1, Math.floor(points.length / 3 / most));
  return points.filter((_, i) => Math.floor(i / 3) % step === 0);
}

/** The scan's two distances. */
export function compareWithScan(points: Float32Array, truth: DtuTruth): Omit<DtuMetrics, "photos"> {
  const observed = keep(points, truth.isObserved);
  const accuracy = directedDistance(observed, truth.points, OUTLIER);
  const completeness = directedDistance(keep(truth.points, truth.isWanted), points, OUTLIER);
  if (accuracy === undefined || completeness === undefined) {
    throw new InputError(`no reconstructed point is within ${OUTLIER} mm of the scan`);
  }
  return { accuracy, completeness, overall: (accuracy + completeness) / 2, points: points.length / 3 };
}

function keep(points: Float32Array, accept: (x: number, y: number, z: number) => boolean): Float32Array {
  const kept = new Float32Array(points.length);
  let count = 0;
  for (let i = 0; i < points.length; i += 3) {
    if (!accept(points[i]!, points[i + 1]!, points[i + 2]!)) continue;
    kept.set(points.subarray(i, i + 3), count);
    count += 3;
  }
  return kept.slice(0, count);
}

function summarize(measured: readonly Measured<DtuMetrics>[]): Summary {
  const average = (key: keyof DtuMetrics) => mean(measured.map(({ metrics }) => metrics[key]));
  const figures = { accuracy: average("accuracy"), completeness: average("completeness"), overall: average("overall") };
  const cells = (metrics: typeof figures) =>
    [metrics.accuracy, metrics.completeness, metrics.overall].map((mm) => fixed(mm, 3));
  const header = ["method", "scans", "accuracy mm", "completeness mm", "overall mm"];
  const rows = [["ours", String(measured.length), ...cells(figures)]];
  const scans = measured.map(({ id, metrics }) => [
    id,
    String(metrics.photos),
    String(metrics.points),
    ...cells(metrics),
  ]);
  return {
    tables: [
      besidePublished({ title: "3D reconstruction, DTU", header, rows }, PUBLISHED),
      { title: "By scan", header: ["scan", "photos", "points", ...header.slice(2)], rows: scans },
    ],
    charts: [],
    figures: { scans: measured.length, ...figures },
  };
}
