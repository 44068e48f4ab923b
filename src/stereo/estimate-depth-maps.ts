import { processorCount, requestWorkers, startWorkerProcess } from "#platform";
import type { DenseMap, DepthSize, FusedPoints, HeldDenseMap } from "../core/dense-scene.ts";
import { assert } from "../core/errors.ts";
import { nameOfPicture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/size.ts";
import type { WorkerProcess } from "../platform/worker-process.ts";
import { fusePoints, type MeasuredPhoto } from "./fuse-points.ts";
import { type KeptValues, keepValues, type StereoStore } from "./kept-values.ts";
import { NO_EVIDENCE, type ScoredPlanes } from "./patch-match.ts";
import { pointsInPhoto } from "./points-in-photo.ts";
import { selectSources } from "./select-sources.ts";
import { bytesCoding, denseCoding, planesCoding } from "./stereo-codings.ts";
import { brightness, resizedCamera, type StereoPhoto, stereoSize } from "./stereo-photo.ts";
import type {
  AgreeRequest,
  FillRequest,
  ImproveRequest,
  LoadRequest,
  MatchRequest,
  StereoRequest,
} from "./stereo-request.ts";
import type { StereoView } from "./stereo-view.ts";

/** How depth is estimated. */
export interface StereoOptions extends RunOptions {
  /** 1024 when left out. */
  readonly depthSize?: DepthSize | undefined;
  /** Photos that each photo is compared with, at most; 4 when left out. */
  readonly sources?: number | undefined;
  /** Equal seeds give equal depth; 0 when left out. */
  readonly seed?: number | string | undefined;
  /** Where maps are kept, so that an interrupted run can go on and memory holds a few of them; in memory when left out. */
  readonly store?: StereoStore | undefined;
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

/** What is done unless told otherwise. */
const STEREO_DEFAULTS: { readonly depthSize: number; readonly sources: number } = {
  depthSize: 1024,
  sources: 4,
};

const MOST_WORKERS = 8;
/** Photos in memory while points are fused: one and its sources, and those of the one before. */
const MOST_IN_MEMORY = 10;
/** Rounds in which photos look at each other's planes. */
const GEOMETRIC_ROUNDS = 2;

/**
 * Depth of registered photos of one world by stereo, where photos agree, and by the network elsewhere. Photos are in the
 * order given; so are the maps. Throws an `InputError` or `FormatError` that names the file for a photo that cannot be read.
 */
export async function estimateDepthMaps(
  photos: readonly StereoPhoto[],
  options: StereoOptions = {},
): Promise<StereoDepth> {
  const { depthSize = STEREO_DEFAULTS.depthSize, seed = 0, signal } = options;
  using workers = new Workers(photos, options);
  const all = [...photos.keys()];
  const cameras = photos.map((photo) => resizedCamera(photo, stereoSize(photo.original, depthSize)));
  const kept = keepMaps(photos, cameras, options.store);
  const load = (i: number): LoadRequest => ({ step: "load", photo: photos[i]!, size: cameras[i]! });
  await workers.ask(await without(kept.bytes, all, "gray"), {
    request: load,
    take: (i, picture: RgbImage) => kept.bytes.put(i, "gray", brightness(picture)),
  });
  const viewOf = async (i: number): Promise<StereoView> => {
    return { ...cameras[i]!, gray: await kept.found(kept.bytes, i, "gray") };
  };
  const coarse = photos.map((photo) => ({ ...resizedCamera(photo, photo.network), depth: photo.network.depth }));
  const sources = all.map((i) => selectSources(coarse, i, options.sources ?? STEREO_DEFAULTS.sources));
  const compared = all.filter((i) => sources[i]!.length > 0);
  const planesOf = async (i: number, round: number): Promise<ScoredPlanes> =>
    sources[i]!.length === 0 ? blankPlanes(cameras[i]!) : await kept.found(kept.planes, i, round);
  for (let round = 0; round <= GEOMETRIC_ROUNDS; round++) {
    await workers.ask(await without(kept.planes, compared, round), {
      request: async (i): Promise<MatchRequest | ImproveRequest> => {
        const problem = {
          reference: await viewOf(i),
          sources: await inTurn(sources[i]!, viewOf),
          network: photos[i]!.network,
        };
        if (round === 0) return { step: "match", ...problem, seed: `${seed} ${i} match` };
        const planesOfSources = await inTurn(sources[i]!, (j) => planesOf(j, round - 1));
        const planes = await planesOf(i, round - 1);
        return { step: "improve", ...problem, planes, planesOfSources, seed: `${seed} ${i} improve ${round - 1}` };
      },
      async take(i, planes: ScoredPlanes) {
        await kept.planes.put(i, round, planes);
        // Rounds look at the one before.
        kept.planes.free(i, round - 2);
      },
    });
  }
  await workers.ask(await without(kept.bytes, compared, "marks"), {
    request: async (i): Promise<AgreeRequest> => {
      const others = sources[i]!.filter((j) => sources[j]!.length > 0);
      return {
        step: "agree",
        reference: await viewOf(i),
        planes: await planesOf(i, GEOMETRIC_ROUNDS),
        sources: await inTurn(others, async (j) => ({
          view: cameras[j]!,
          planes: await planesOf(j, GEOMETRIC_ROUNDS),
        })),
      };
    },
    take: (i, marks: Uint8Array) => kept.bytes.put(i, "marks", marks),
  });
  const marksOf = async (i: number): Promise<Uint8Array> =>
    sources[i]!.length === 0 ? blankMarks(cameras[i]!) : await kept.found(kept.bytes, i, "marks");
  const measured = async (i: number): Promise<MeasuredPhoto | undefined> => {
    if (sources[i]!.length === 0) return undefined;
    const [planes, picture] = [await planesOf(i, GEOMETRIC_ROUNDS), await workers.picture(load(i))];
    return { ...cameras[i]!, picture, planes, marks: await marksOf(i) };
  };
  const { points, share } = await fusePoints({ sources, load: lastOnes(measured), signal });
  await workers.ask(await without(kept.dense, all, "dense"), {
    request: async (i): Promise<FillRequest> => ({
      step: "fill",
      parts: {
        planes: await planesOf(i, GEOMETRIC_ROUNDS),
        marks: await marksOf(i),
        gray: (await viewOf(i)).gray,
        network: photos[i]!.network,
        shown: pointsInPhoto(points, cameras[i]!),
      },
    }),
    take: (i, map: DenseMap) => kept.dense.put(i, "dense", map),
  });
  const maps = all.map((i): HeldDenseMap => {
    const { width, height } = cameras[i]!;
    return { width, height, load: () => kept.found(kept.dense, i, "dense") };
  });
  return { maps, sources, points, share };
}

/** What is kept of photos: brightness and where photos agree, planes by round, and depth. */
function keepMaps(photos: readonly StereoPhoto[], sizes: readonly Size[], store: StereoStore | undefined) {
  const sizeOf = (i: number) => sizes[i]!;
  return {
    bytes: keepValues(bytesCoding(sizeOf), store),
    planes: keepValues(planesCoding(sizeOf), store),
    dense: keepValues(denseCoding(sizeOf), store),
    async found<T>(values: KeptValues<T>, i: number, name: string | number): Promise<T> {
      const value = await values.get(i, name);
      assert(value !== undefined, `what was kept of ${nameOfPicture(photos[i]!.picture)} is damaged: run again`);
      return value;
    },
  };
}

/** The photos of which nothing of this name is kept. */
async function without<T>(values: KeptValues<T>, photos: readonly number[], name: string | number): Promise<number[]> {
  const missing: number[] = [];
  for (const i of photos) if (!(await values.has(i, name))) missing.push(i);
  return missing;
}

/** Answers one after the other: two at once may load the same. */
async function inTurn<T>(photos: readonly number[], answer: (photo: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (const i of photos) answers.push(await answer(i));
  return answers;
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

/** What processes are asked about a photo, and what becomes of their answer. */
interface Asking<Answer> {
  readonly request: (photo: number) => StereoRequest | Promise<StereoRequest>;
  readonly take: (photo: number, answer: Answer) => void | Promise<void>;
}

/** Asks worker processes about photos, the same ones in all rounds. Every answer is a step of the whole. */
class Workers {
  readonly #photos: readonly StereoPhoto[];
  readonly #options: StereoOptions;
  readonly #idle: WorkerProcess[] = [];
  #done = 0;
  #reused = 0;

  constructor(photos: readonly StereoPhoto[], options: StereoOptions) {
    this.#photos = photos;
    this.#options = options;
  }

  /** Asks about some of the photos; the others count as done before. Requests and answers are not kept. */
  async ask<Answer>(indices: readonly number[], { request, take }: Asking<Answer>): Promise<void> {
    const { workers = Math.min(MOST_WORKERS, processorCount()), onProgress, signal } = this.#options;
    const total = (4 + GEOMETRIC_ROUNDS) * this.#photos.length;
    const skipped = this.#photos.length - indices.length;
    this.#done += skipped;
    this.#reused += skipped;
    if (skipped > 0) onProgress?.({ stage: "stereo", done: this.#done, total, reused: this.#reused });
    await requestWorkers(indices, {
      start: () => {
        const worker = this.#lend();
        return {
          kill: (reason) => worker.kill(reason),
          async request(photo) {
            await take(photo as number, (await worker.request(await request(photo as number))) as Answer);
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
    const [picture] = await requestWorkers([request], { start: () => this.#lend(), workers: 1, signal });
    return picture as RgbImage;
  }

  /** A process that comes back when a round is over, and ends only when the run is cancelled. */
  #lend(): WorkerProcess {
    const worker = this.#idle.pop() ?? startWorkerProcess(import.meta.url, "stereo-worker", "compares photos");
    return {
      request: (message) => worker.request(message),
      kill: (reason) => {
        if (this.#options.signal?.aborted) worker.kill(reason);
        else this.#idle.push(worker);
      },
    };
  }

  [Symbol.dispose](): void {
    for (const worker of this.#idle) worker.kill(new Error("depth is estimated"));
  }
}

/** Planes of a photo of which nothing is known. */
function blankPlanes({ width, height }: Size): ScoredPlanes {
  const map = () => new Float32Array(width * height);
  return { width, height, inverseDepth: map(), slopeX: map(), slopeY: map(), costs: map().fill(NO_EVIDENCE) };
}

function blankMarks({ width, height }: Size): Uint8Array {
  return new Uint8Array(width * height);
}
