/**
 * Dense depth of eight drawn photos of 1024x768 with exact truth, with the true cameras given and with those that `reconstruct`
 * refined (only photos whose cameras are refined take part). Of the cameras: how far each is off, and how much of the true matches they
 * would triangulate. Of the pixels that two photos see: how many are within 1 and 2 % of their true depth, in the unit
 * that camera centers fix and in the one that measured pixels do; precision, completeness and F-score of what is marked as
 * measured. Scenes are named by number, and `true` or `refined` leaves out the other cameras; `cost` prints what a photo takes alone:
 * `npx tsx --conditions=source bench/stereo.bench.ts 7 11 refined`.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { encodeJpeg, peakMemory } from "#platform";
import { type DenseMap, FROM_STEREO, type FusedPoints } from "../src/core/dense-scene.ts";
import { medianRatio } from "../src/geometry/median-ratio.ts";
import { planesOfDepth } from "../src/geometry/plane-map.ts";
import { stereoPhotos } from "../src/pipeline/estimate-dense.ts";
import { reconstruct } from "../src/pipeline/reconstruct.ts";
import type { PhotoPriors } from "../src/priors/network-priors.ts";
import { generateScene } from "../src/procedural/generate-scene.ts";
import { isSameDepth, reproject } from "../src/rgbd/reproject.ts";
import type { RgbdView } from "../src/rgbd/rgbd-view.ts";
import { estimateDepthMaps } from "../src/stereo/estimate-depth-maps.ts";
import { estimatePlanes, improvePlanes } from "../src/stereo/estimate-planes.ts";
import { ownContrast } from "../src/stereo/own-contrast.ts";
import { openPlaneScorer } from "../src/stereo/plane-scorer.ts";
import { type StereoPhoto, stereoView } from "../src/stereo/stereo-photo.ts";
import { cameraErrors, trueFromWorld } from "./camera-errors.ts";
import { simdPeak } from "./simd-peak.ts";

const SIZE = { width: 1024, height: 768 };
const SECONDS_PER_HALF_MEGAPIXEL = 6;
const CAMERAS = ["true", "refined"] as const;
const asked = process.argv.slice(2);
const named = asked.filter((word) => Number.isInteger(Number(word))).map(Number);
const numbers = named.length > 0 ? named : [7];
const chosenCameras = CAMERAS.filter(
  (cameras) => asked.includes(cameras) || !CAMERAS.some((word) => asked.includes(word)),
);

for (const number of numbers) await measure(number);

async function measure(number: number): Promise<void> {
  const drawn = { ...SIZE, views: 8, detail: 4, textureSize: 512, shadowSize: 512, casual: false };
  const { views: truth, kind } = generateScene(number, 0, { ...drawn, collection: "photos" });
  const folder = mkdtempSync(join(tmpdir(), "dust3r-stereo-"));
  try {
    const files = truth.map((_, i) => join(folder, `${i}.jpg`));
    for (const [i, view] of truth.entries()) writeFileSync(files[i]!, await encodeJpeg(view, 95));
    console.log(`scene ${number}, ${kind}: ${truth.length} photos`);
    if (number === numbers[0]) {
      kernel(truth);
      photoCost(truth);
    }
    if (asked.includes("cost")) return;
    for (const cameras of chosenCameras) {
      const priors = cameras === "true" ? trueCameras(truth, files) : undefined;
      const { scene, views } = await reconstruct(files, { device: "cpu", priors });
      const { chosen, photos } = stereoPhotos(scene, views, files);
      console.log(`  ${cameras} cameras: ${photos.length} photos`);
      if (photos.length < 2) continue;
      const seen = chosen.map((i) => truth[i]!);
      const unit = cameras === "true" ? 1 : describeCameras(seen, photos);
      const started = performance.now();
      const result = await estimateDepthMaps(photos);
      const seconds = (performance.now() - started) / 1000 / photos.length;
      const limit = (SECONDS_PER_HALF_MEGAPIXEL * SIZE.width * SIZE.height) / 5e5;
      console.log(`    ${seconds.toFixed(1)} s a photo on all processors (to reach on two: ${limit.toFixed(1)} s)`);
      const maps = await Promise.all(result.maps.map((map) => map.load()));
      if (unit !== undefined) console.log(`    in the unit of camera centers: ${share(withinOf(seen, maps, unit))}`);
      report(seen, photos, { maps, points: result.points });
    }
    console.log(`  peak memory of the main process: ${Math.round(peakMemory() / 2 ** 20)} MB`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function trueCameras(truth: readonly RgbdView[], files: readonly string[]): PhotoPriors {
  const byPhoto = <T>(of: (view: RgbdView) => T) => new Map(files.map((file, i) => [basename(file), of(truth[i]!)]));
  const lens = ({ intrinsics: { fx, fy, cx, cy } }: RgbdView) => ({ fx, fy, principalPoint: [cx, cy] as const });
  return {
    lenses: { shared: undefined, byPhoto: byPhoto(lens) },
    worldFromCam: byPhoto(({ worldFromCam }) => worldFromCam),
  };
}

/** Prints how far cameras are off; gives the unit of their world in meters, unless their centers lie on a line. */
function describeCameras(truth: readonly RgbdView[], photos: readonly StereoPhoto[]): number | undefined {
  const cameras = photos.map(({ intrinsics, worldFromCam }) => ({ ...SIZE, intrinsics, worldFromCam }));
  const transform = trueFromWorld(truth, cameras);
  for (const [i, errors] of cameraErrors(truth, cameras, transform).entries()) {
    console.log(
      `    ${basename(String(photos[i]!.picture))}: focal length ${percent(errors.focal)}, turned ${errors.rotation.toFixed(2)}°, ` +
        `center off ${percent(errors.center)} of the depth, true matches ${errors.epipolar.toFixed(2)} px off their lines, ` +
        `${percent(errors.right)} of them triangulate within 1 %` +
        (photos[i]!.straightening ? "; made straight by a lens that there is not" : ""),
    );
  }
  return transform?.scale;
}

interface Measured {
  readonly maps: readonly DenseMap[];
  readonly points: FusedPoints;
}

function report(truth: readonly RgbdView[], photos: readonly StereoPhoto[], { maps, points }: Measured): void {
  const seen = seenByAnother(truth);
  const scale = measuredScale(truth, maps);
  const count = {
    seen: 0,
    contrast: 0,
    network1: 0,
    within1: 0,
    within2: 0,
    marked: 0,
    right1: 0,
    right2: 0,
    hit1: 0,
    hit2: 0,
  };
  const classes = new Map<string, { all: number; within1: number; within2: number; marked: number }>();
  for (const [i, { depth, source }] of maps.entries()) {
    const shows = ownContrast(stereoView(photos[i]!, truth[i]!).gray, SIZE);
    const { network } = photos[i]!;
    const edges = nearEdges(truth[i]!.depth);
    for (let k = 0; k < depth.length; k++) {
      const t = truth[i]!.depth[k]!;
      if (!(t > 0)) continue;
      const error = Math.abs((scale * depth[k]!) / t - 1);
      const isMarked = source[k] === FROM_STEREO;
      count.marked += Number(isMarked);
      count.right1 += Number(isMarked && error < 0.01);
      count.right2 += Number(isMarked && error < 0.02);
      if (seen[i]![k] === 0) continue;
      const u = Math.floor((((k % SIZE.width) + 0.5) * network.width) / SIZE.width);
      const v = Math.floor(((Math.floor(k / SIZE.width) + 0.5) * network.height) / SIZE.height);
      const predicted = network.depth[v * network.width + u]!;
      count.seen++;
      count.contrast += shows[k]!;
      count.network1 += Number(Math.abs((scale * predicted) / t - 1) < 0.01);
      count.within1 += Number(error < 0.01);
      count.within2 += Number(error < 0.02);
      count.hit1 += Number(isMarked && error < 0.01);
      count.hit2 += Number(isMarked && error < 0.02);
      const name = edges[k] === 1 ? "within 4 pixels of an edge" : shows[k] === 1 ? "with contrast" : "blank";
      const own = classes.get(name) ?? { all: 0, within1: 0, within2: 0, marked: 0 };
      classes.set(name, own);
      own.all++;
      own.within1 += Number(error < 0.01);
      own.within2 += Number(error < 0.02);
      own.marked += Number(isMarked);
    }
  }
  const of = (part: number, whole: number) => percent(part / whole);
  const f = (right: number, hit: number) => {
    const [precision, recall] = [right / count.marked, hit / count.seen];
    return (200 * precision * recall) / (precision + recall);
  };
  console.log(
    `    in the unit of measured pixels: of pixels that two photos see (${of(count.contrast, count.seen)} of them with contrast): ` +
      `${of(count.within1, count.seen)} within 1 % (to reach: 75 %; the network ${of(count.network1, count.seen)}), ` +
      `${of(count.within2, count.seen)} within 2 %`,
  );
  console.log(
    `    measured: ${of(count.right1, count.marked)} within 1 %, ${of(count.right2, count.marked)} within 2 % (to reach: 90 %); ` +
      `complete ${of(count.hit1, count.seen)} and ${of(count.hit2, count.seen)}; ` +
      `F-score ${f(count.right1, count.hit1).toFixed(1)} and ${f(count.right2, count.hit2).toFixed(1)}; ` +
      `${points.positions.length / 3} fused points`,
  );
  for (const [name, { all, within1, within2, marked }] of classes) {
    console.log(
      `      ${name}: ${of(all, count.seen)} of the pixels, ${of(marked, all)} of them measured, ` +
        `${of(within1, all)} within 1 %, ${of(within2, all)} within 2 %`,
    );
  }
}

/** `[height, width]`: 1 where true depth jumps by more than a twentieth within 4 pixels. */
function nearEdges(depth: Float32Array): Uint8Array {
  const { width, height } = SIZE;
  const near = new Uint8Array(depth.length);
  const spread = (x: number, y: number): void => {
    for (let v = Math.max(0, y - 4); v <= Math.min(height - 1, y + 4); v++)
      near.fill(1, v * width + Math.max(0, x - 4), v * width + Math.min(width, x + 5));
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const z = depth[y * width + x]!;
      const right = x + 1 < width ? depth[y * width + x + 1]! : z;
      const down = y + 1 < height ? depth[(y + 1) * width + x]! : z;
      if (Math.max(z, right, down) > 1.05 * Math.min(z, right, down)) spread(x, y);
    }
  }
  return near;
}

/** By view, `[height, width]`: 1 where another sees the same point. */
function seenByAnother(views: readonly RgbdView[]): Uint8Array[] {
  return views.map((view) => {
    const seen = new Uint8Array(view.depth.length);
    for (const other of views) {
      if (other === view) continue;
      reproject(view, other, (pixel, target, depth) => {
        if (isSameDepth(other.depth[target]!, depth)) seen[pixel] = 1;
      });
    }
    return seen;
  });
}

/** Shares of the pixels that two photos see within 1 and 2 % of their depth, and of those marked as measured. */
function withinOf(truth: readonly RgbdView[], maps: readonly DenseMap[], unit: number) {
  const seen = seenByAnother(truth);
  const all = { count: 0, within1: 0, within2: 0 };
  const marked = { ...all };
  for (const [i, { depth, source }] of maps.entries()) {
    for (let k = 0; k < depth.length; k++) {
      if (seen[i]![k] === 0) continue;
      const error = Math.abs((unit * depth[k]!) / truth[i]!.depth[k]! - 1);
      for (const sums of source[k] === FROM_STEREO ? [all, marked] : [all]) {
        sums.count++;
        sums.within1 += Number(error < 0.01);
        sums.within2 += Number(error < 0.02);
      }
    }
  }
  return { all, marked };
}

function share({ all, marked }: ReturnType<typeof withinOf>): string {
  const text = ({ count, within1, within2 }: typeof all) =>
    `${percent(within1 / count)} within 1 %, ${percent(within2 / count)} within 2 %`;
  return `${text(all)}; of ${percent(marked.count / all.count)} marked as measured ${text(marked)}`;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

/** Cameras fix no unit: one number for all photos, by what is measured. */
function measuredScale(truth: readonly RgbdView[], maps: readonly DenseMap[]): number {
  const pick = (of: (i: number, k: number) => number) =>
    Float32Array.from(
      maps.flatMap(({ source }, i) => [...source.keys()].filter((k) => source[k] === FROM_STEREO).map((k) => of(i, k))),
    );
  return (
    medianRatio(
      pick((i, k) => truth[i]!.depth[k]!),
      pick((i, k) => maps[i]!.depth[k]!),
    ) ?? 1
  );
}

/** A photo with four sources, in this process: its own time does not depend on what else the machine does. */
function photoCost(truth: readonly RgbdView[]): void {
  const views = truth.slice(0, 5).map((view) => stereoView({ ...view, original: SIZE } as never, view));
  const planes = truth.slice(0, 5).map(({ depth }) => planesOfDepth(depth, SIZE));
  const prior = { ...planes[0]!, reach: new Float32Array(SIZE.width * SIZE.height).fill(3.5) };
  const problem = { reference: views[0]!, sources: views.slice(1), prior, seed: "cost" };
  const before = process.cpuUsage();
  let found = estimatePlanes(problem);
  for (let round = 0; round < 2; round++) found = improvePlanes(found, problem, planes.slice(1));
  const seconds = ((process.cpuUsage(before).user / 1e6) * 5e5) / (SIZE.width * SIZE.height);
  console.log(
    `  half a megapixel against four sources: ${seconds.toFixed(1)} s of one core (to reach: ${2 * SECONDS_PER_HALF_MEGAPIXEL}, ${SECONDS_PER_HALF_MEGAPIXEL} on two)`,
  );
}

/** The innermost loop by itself: windows against four sources. */
function kernel(truth: readonly RgbdView[]): void {
  const views = truth.slice(0, 1).map((view) => stereoView({ ...view, original: SIZE } as never, view));
  const scorer = openPlaneScorer(views[0]!, [views[0]!, views[0]!, views[0]!, views[0]!]);
  const rounds = 100_000;
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const before = process.cpuUsage();
    scorer.weigh(500, 400);
    for (let k = 0; k < rounds; k++) scorer.compare(500, 400, 0.2 + 1e-7 * k, 0, 0);
    least = Math.min(least, process.cpuUsage(before).user / 1e6);
  }
  // A sample costs 41 floating-point operations, four at a time: 12 for its place, 1 division, 14 to clamp and split it, 9 to
  // interpolate and 5 to sum up. Seven groups of four are looked at.
  const operations = 7 * 4 * 41;
  const nanoseconds = (1e9 * least) / rounds / 4;
  const rate = operations / nanoseconds;
  const peak = simdPeak();
  console.log(
    `  a window of 25 samples against one source: ${nanoseconds.toFixed(0)} ns, ${rate.toFixed(1)} GFLOPS of one core, ${((100 * rate) / peak).toFixed(0)} % of the ${peak.toFixed(0)} that WebAssembly reaches at best`,
  );
}
