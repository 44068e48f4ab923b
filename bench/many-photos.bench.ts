/**
 * Alignment of many photos: seconds, peak memory of the process and the growth of both with the number of photos, in a synthetic
 * room (`test/noisy-room.ts`; no network). Pairs' maps beyond `held` lie on the disk. Every row runs in a process of its own, whose
 * memory includes Node and the compiler, about 130 MB.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { align } from "../src/alignment/align.ts";
import { makePairs, type PairGraph } from "../src/pairs/make-pairs.ts";
import { heldPredictions } from "../src/pipeline/held-predictions.ts";
import { openOverflow } from "../src/pipeline/overflow.ts";
import { arcCameras, noisyPredictions } from "../test/noisy-room.ts";
import { cameraErrors } from "../test/pose-errors.ts";

interface Row {
  readonly photos: number;
  readonly width: number;
  readonly height: number;
  readonly graph: PairGraph;
  /** Bytes of pairs' maps that stay in memory. */
  readonly held: number;
  /** What is to be reached. */
  readonly most?: { readonly seconds?: number; readonly megabytes?: number };
}

const window: PairGraph = { kind: "window", size: 3, cyclic: false };
const complete: PairGraph = { kind: "complete" };
const [small, large] = [
  { width: 64, height: 48 },
  { width: 224, height: 224 },
];
const ROWS: readonly Row[] = [
  { photos: 64, ...large, graph: window, held: Number.POSITIVE_INFINITY },
  { photos: 64, ...large, graph: window, held: 0, most: { megabytes: 500 } },
  { photos: 60, ...small, graph: complete, held: Number.POSITIVE_INFINITY, most: { seconds: 120, megabytes: 600 } },
  { photos: 60, ...small, graph: complete, held: 0, most: { seconds: 120, megabytes: 600 } },
  { photos: 60, ...small, graph: window, held: 0 },
  { photos: 120, ...small, graph: window, held: 0 },
  { photos: 250, ...small, graph: window, held: 0, most: { seconds: 60 } },
  { photos: 500, ...small, graph: window, held: 0 },
];

const row = process.env.MANY_PHOTOS_ROW;
if (row !== undefined) await alignRow(ROWS[Number(row)]!);
else {
  for (const index of ROWS.keys()) {
    const environment = { ...process.env, MANY_PHOTOS_ROW: String(index) };
    const command = ["tsx", "--conditions=source", fileURLToPath(import.meta.url)];
    spawnSync("npx", command, { stdio: "inherit", env: environment });
  }
}

async function alignRow({ photos, graph, held, most, ...size }: Row): Promise<void> {
  const cameras = arcCameras(photos, size);
  const pairs = makePairs(photos, graph).map(({ view1, view2 }) => [view1, view2] as const);
  const sizes = cameras.map((camera) => camera.size);
  await using overflow = openOverflow(held);
  const scene = await align(sizes, heldPredictions(streamed(noisyPredictions(cameras, pairs)), overflow));
  const { seconds, iterations } = scene.alignment;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const errors = cameraErrors(
    scene.images.map((image) => image.worldFromCam),
    cameras.map((camera) => camera.worldFromCam),
  );
  const limits = [most?.seconds && `${most.seconds} s`, most?.megabytes && `${most.megabytes} MB`].filter(Boolean);
  console.log(
    `${photos} photos of ${size.width}×${size.height}, ${graph.kind}, ${pairs.length} pairs ${held > 0 ? "in memory" : "on the disk"}: ` +
      `${seconds.toFixed(1)} s (${((1000 * seconds) / photos).toFixed(0)} ms a photo, ${iterations} steps), ` +
      `${megabytes.toFixed(0)} MB${limits.length > 0 ? `; to reach: ${limits.join(", ")}` : ""}`,
  );
  console.log(
    `  centers within ${Math.max(...errors.distances).toFixed(4)}, rotations ${Math.max(...errors.degrees).toFixed(2)}°`,
  );
}

async function* streamed<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
