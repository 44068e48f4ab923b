import { processorCount, requestWorkers, startWorkerProcess } from "#platform";
import type { DenseMap, DepthSize, FusedPoints } from "../core/dense-scene.ts";
import { assert } from "../core/errors.ts";
import { nameOfPicture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/size.ts";
import type { WorkerProcess } from "../platform/worker-process.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import { fusePoints, type MeasuredPhoto } from "./fuse-points.ts";
import { keepPlanes, type PlaneStore } from "./kept-planes.ts";
import { NO_EVIDENCE, type ScoredPlanes } from "./patch-match.ts";
import { selectSources } from "./select-sources.ts";
import { resizedCamera, type StereoPhoto, stereoSize, stereoView } from "./stereo-photo.ts";
import type {
  AgreedDepth,
  AgreeRequest,
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
  /** Where planes are kept, so that an interrupted run can go on and memory holds a few of them; in memory when left out. */
  readonly planes?: PlaneStore | undefined;
  /** Processes at work; as many as there are processors when left out, up to 8. */
  readonly workers?: number | undefined;
}

/** Dense depth of photos and the points that they agree on. */
export interface StereoDepth {
  /** By photo. */
  readonly maps: readonly DenseMap[];
  /** By photo: those it was compared with; none where no other shows the same from elsewhere, and the network's depth stands. */
  readonly sources: readonly (readonly number[])[];
  readonly points: FusedPoints;
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
  const load = (i: number): LoadRequest => {
    return { step: "load", photo: photos[i]!, size: stereoSize(photos[i]!.original, depthSize) };
  };
  const views: StereoView[] = [];
  await workers.ask(all, {
    request: load,
    take(i, picture: RgbImage) {
      views[i] = stereoView(photos[i]!, picture);
    },
  });
  const coarse = photos.map((photo) => ({ ...resizedCamera(photo, photo.network), depth: photo.network.depth }));
  const sources = all.map((i) => selectSources(coarse, i, options.sources ?? STEREO_DEFAULTS.sources));
  const compared = all.filter((i) => sources[i]!.length > 0);
  const kept = keepPlanes((i) => views[i]!, options.planes);
  const planesOf = async (i: number, round: number): Promise<ScoredPlanes> => {
    if (sources[i]!.length === 0) return blankPlanes(views[i]!);
    const planes = await kept.get(i, round);
    assert(planes !== undefined, `what was kept of ${nameOfPicture(photos[i]!.picture)} is damaged: run again`);
    return planes;
  };
  for (let round = 0; round <= GEOMETRIC_ROUNDS; round++) {
    const missing: number[] = [];
    for (const i of compared) if (!(await kept.has(i, round))) missing.push(i);
    await workers.ask(missing, {
      request: async (i): Promise<MatchRequest | ImproveRequest> => {
        const problem = {
          reference: views[i]!,
          sources: sources[i]!.map((j) => views[j]!),
          network: photos[i]!.network,
        };
        if (round === 0) return { step: "match", ...problem, seed: `${seed} ${i} match` };
        const planesOfSources: ScoredPlanes[] = [];
        for (const j of sources[i]!) planesOfSources.push(await planesOf(j, round - 1));
        const planes = await planesOf(i, round - 1);
        return { step: "improve", ...problem, planes, planesOfSources, seed: `${seed} ${i} improve ${round - 1}` };
      },
      take: (i, planes: ScoredPlanes) => kept.put(i, round, planes),
    });
  }
  const agreed: AgreedDepth[] = [];
  await workers.ask(all, {
    request: async (i): Promise<AgreeRequest> => {
      const others: { readonly view: PosedCamera; readonly planes: ScoredPlanes }[] = [];
      for (const j of sources[i]!) {
        const { width, height, intrinsics, worldFromCam } = views[j]!;
        if (sources[j]!.length === 0) continue;
        others.push({ view: { width, height, intrinsics, worldFromCam }, planes: await planesOf(j, GEOMETRIC_ROUNDS) });
      }
      const planes = await planesOf(i, GEOMETRIC_ROUNDS);
      return { step: "agree", reference: views[i]!, planes, network: photos[i]!.network, sources: others };
    },
    take(i, answer: AgreedDepth) {
      agreed[i] = answer;
    },
  });
  const measured = async (i: number): Promise<MeasuredPhoto | undefined> => {
    if (sources[i]!.length === 0) return undefined;
    const { intrinsics, worldFromCam } = views[i]!;
    const [planes, picture] = [await planesOf(i, GEOMETRIC_ROUNDS), await workers.picture(load(i))];
    return { intrinsics, worldFromCam, picture, planes, marks: agreed[i]!.agreeing };
  };
  const points = await fusePoints({ sources, load: lastOnes(measured), signal });
  return { maps: agreed.map(({ map }) => map), sources, points };
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
    const total = (3 + GEOMETRIC_ROUNDS) * this.#photos.length;
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
