import { processorCount, requestWorkers, startWorkerProcess, WorkerPool } from "#platform";
import type { DenseMap, FusedPoints, HeldDenseMap } from "../core/dense-scene.ts";
import { nameOfPicture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import { fusePoints, type MeasuredPhoto } from "./fuse-points.ts";
import { pointsInPhoto } from "./points-in-photo.ts";
import type { StereoPhoto } from "./stereo-photo.ts";
import type { FillRequest, LoadRequest } from "./stereo-request.ts";
import { type StereoRound, type StereoSettings, stereoRounds } from "./stereo-rounds.ts";

/** How depth is estimated. */
export interface StereoOptions extends StereoSettings, RunOptions {
  /** Processes at work; as many as there are processors when left out, up to 8. */
  readonly workers?: number | undefined;
}

/** Dense depth of photos and the points that they agree on. */
export interface StereoDepth {
  /** By photo. They can be loaded as long as the store has them. */
  readonly maps: readonly HeldDenseMap[];
  /** By photo: those it was compared with; none where no other shows the same from elsewhere, and the network's depth stands. */
  readonly sources: readonly (readonly number[])[];
  readonly points: FusedPoints;
  /** One of so many of the points that photos agree on is among `points`. */
  readonly share: number;
}

const MOST_WORKERS = 8;
/** Photos in memory while points are fused: one and its sources, and those of the one before. */
const MOST_IN_MEMORY = 10;

/**
 * Depth of registered photos of one world by stereo, where photos agree, and by the network elsewhere. Photos are in the
 * order given; so are the maps. Throws an `InputError` or `FormatError` that names the file for a photo that cannot be read.
 */
export async function estimateDepthMaps(
  photos: readonly StereoPhoto[],
  options: StereoOptions = {},
): Promise<StereoDepth> {
  const { signal } = options;
  const all = [...photos.keys()];
  const { cameras, rounds, planes, marks, gray, load, map, maps, ...work } = stereoRounds(photos, options);
  // At last every photo's depth is filled.
  using workers = new Workers(photos, rounds.length + 1, options);
  for (const round of rounds) await workers.ask(await those(all, round.isOpen), round);
  const sources = all.map(work.sources);
  const measured = async (i: number): Promise<MeasuredPhoto | undefined> => {
    if (sources[i]!.length === 0) return undefined;
    return {
      ...cameras[i]!,
      picture: await workers.picture(load(i)),
      planes: await planes(i),
      marks: await marks(i),
    };
  };
  const { points, share } = await fusePoints({ sources, load: lastOnes(measured), signal });
  const isEmpty = async (i: number) => !(await maps.has(i, "dense"));
  await workers.ask(await those(all, isEmpty), {
    request: async (i): Promise<FillRequest> => ({
      step: "fill",
      parts: {
        planes: await planes(i),
        marks: await marks(i),
        gray: await gray(i),
        network: photos[i]!.network,
        shown: pointsInPhoto(points, cameras[i]!),
      },
    }),
    take: (i, found: DenseMap) => maps.put(i, "dense", found),
  });
  const held = cameras.map(({ width, height }, i): HeldDenseMap => ({ width, height, load: () => map(i) }));
  return { maps: held, sources, points, share };
}

/** The photos of whom this holds, asked one after the other. */
async function those(photos: readonly number[], holds: (photo: number) => Promise<boolean>): Promise<number[]> {
  const found: number[] = [];
  for (const i of photos) if (await holds(i)) found.push(i);
  return found;
}

/** Loads what is asked for, and keeps the last few for when it is asked for again. */
function lastOnes<T>(load: (photo: number) => Promise<T>): (photo: number) => Promise<T> {
  const last = new Map<number, T>();
  return async (photo) => {
    const value = last.get(photo) ?? (await load(photo));
    last.delete(photo);
    last.set(photo, value);
    if (last.size > MOST_IN_MEMORY) last.delete(last.keys().next().value!);
    return value;
  };
}

/** Asks worker processes about photos, the same ones in all rounds. Every answer is a step of the whole. */
class Workers {
  readonly #photos: readonly StereoPhoto[];
  readonly #rounds: number;
  readonly #options: StereoOptions;
  readonly #workers: WorkerPool;
  #done = 0;
  #reused = 0;

  constructor(photos: readonly StereoPhoto[], rounds: number, options: StereoOptions) {
    this.#photos = photos;
    this.#rounds = rounds;
    this.#options = options;
    const start = () => startWorkerProcess(import.meta.url, "stereo-worker", "compares photos");
    this.#workers = new WorkerPool(start, options.signal);
  }

  /** Asks about some of the photos; the others count as done before. Requests and answers are not kept. */
  async ask(indices: readonly number[], { request, take }: Omit<StereoRound, "isOpen">): Promise<void> {
    const { workers = Math.min(MOST_WORKERS, processorCount()), onProgress, signal } = this.#options;
    const total = this.#rounds * this.#photos.length;
    const skipped = this.#photos.length - indices.length;
    this.#done += skipped;
    this.#reused += skipped;
    if (skipped > 0) onProgress?.({ stage: "stereo", done: this.#done, total, reused: this.#reused });
    await requestWorkers(indices, {
      start: () => {
        const worker = this.#workers.lend();
        return {
          kill: (reason) => worker.kill(reason),
          async request(photo) {
            await take(photo as number, (await worker.request(await request(photo as number))) as never);
          },
        };
      },
      workers: Math.min(workers, indices.length),
      signal,
      onAnswer: (k) => {
        const item = nameOfPicture(this.#photos[indices[k]!]!.picture);
        onProgress?.({ stage: "stereo", done: ++this.#done, total, reused: this.#reused, item });
      },
    });
  }

  /** A photo, by one process. */
  async picture(request: LoadRequest): Promise<RgbImage> {
    const { signal } = this.#options;
    const [picture] = await requestWorkers([request], { start: () => this.#workers.lend(), workers: 1, signal });
    return picture as RgbImage;
  }

  [Symbol.dispose](): void {
    this.#workers[Symbol.dispose]();
  }
}
