import { processorCount, requestWorkers, startWorkerProcess } from "#platform";
import type { DenseMap, FusedPoints } from "../core/dense-scene.ts";
import { nameOfPicture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { WorkerProcess } from "../platform/worker-process.ts";
import { fusePoints } from "./fuse-points.ts";
import { NO_EVIDENCE, type ScoredPlanes } from "./patch-match.ts";
import { selectSources } from "./select-sources.ts";
import { resizedCamera, type StereoPhoto, stereoSize, stereoView } from "./stereo-photo.ts";
import type { StereoAnswers, StereoRequest } from "./stereo-request.ts";

/** How depth is estimated. */
export interface StereoOptions extends RunOptions {
  /** Pixels along the long side of depth maps, at most; 1024 when left out. */
  readonly depthSize?: number | undefined;
  /** Photos that each photo is compared with, at most; 4 when left out. */
  readonly sources?: number | undefined;
  /** Equal seeds give equal depth; 0 when left out. */
  readonly seed?: number | string | undefined;
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
  const pictures = await workers.ask(all, (i) => ({
    step: "load",
    photo: photos[i]!,
    size: stereoSize(photos[i]!.original, depthSize),
  }));
  const views = photos.map((photo, i) => stereoView(photo, pictures[i]!));
  const coarse = photos.map((photo) => ({ ...resizedCamera(photo, photo.network), depth: photo.network.depth }));
  const sources = all.map((i) => selectSources(coarse, i, options.sources ?? STEREO_DEFAULTS.sources));
  const compared = all.filter((i) => sources[i]!.length > 0);
  const problem = (i: number, round: string) => ({
    reference: views[i]!,
    sources: sources[i]!.map((j) => views[j]!),
    network: photos[i]!.network,
    seed: `${seed} ${i} ${round}`,
  });
  let planes: readonly (ScoredPlanes | undefined)[] = await workers.ask(compared, (i) => ({
    step: "match",
    ...problem(i, "match"),
  }));
  for (let round = 0; round < GEOMETRIC_ROUNDS; round++) {
    const before = planes;
    planes = await workers.ask(compared, (i) => ({
      step: "improve",
      ...problem(i, `improve ${round}`),
      planes: before[i]!,
      planesOfSources: sources[i]!.map((j) => before[j] ?? blankPlanes(pictures[j]!)),
    }));
  }
  const agreed = await workers.ask(all, (i) => ({
    step: "agree",
    reference: views[i]!,
    planes: planes[i] ?? blankPlanes(pictures[i]!),
    network: photos[i]!.network,
    sources: sources[i]!.flatMap((j) => {
      const { width, height, intrinsics, worldFromCam } = views[j]!;
      return planes[j] === undefined ? [] : [{ view: { width, height, intrinsics, worldFromCam }, planes: planes[j] }];
    }),
  }));
  const load = async (i: number) => {
    const [own, { intrinsics, worldFromCam }] = [planes[i], views[i]!];
    return own && { intrinsics, worldFromCam, picture: pictures[i]!, planes: own, marks: agreed[i]!.agreeing };
  };
  return { maps: agreed.map(({ map }) => map), sources, points: await fusePoints({ sources, load, signal }) };
}

type Request<Step extends StereoRequest["step"]> = Extract<StereoRequest, { readonly step: Step }>;

/** Asks worker processes about photos, the same ones in all rounds; answers are by photo. Every answer is a step of the whole. */
class Workers {
  readonly #photos: readonly StereoPhoto[];
  readonly #options: StereoOptions;
  readonly #idle: WorkerProcess[] = [];
  #done = 0;

  constructor(photos: readonly StereoPhoto[], options: StereoOptions) {
    this.#photos = photos;
    this.#options = options;
  }

  async ask<Step extends StereoRequest["step"]>(
    indices: readonly number[],
    requestOf: (photo: number) => Request<Step>,
  ): Promise<StereoAnswers[Step][]> {
    const { workers = Math.min(MOST_WORKERS, processorCount()), onProgress, signal } = this.#options;
    const total = (3 + GEOMETRIC_ROUNDS) * this.#photos.length;
    this.#done += this.#photos.length - indices.length;
    const requests = function* () {
      for (const i of indices) yield requestOf(i);
    };
    const answers = await requestWorkers(requests(), {
      start: () => this.#lend(),
      workers: Math.min(workers, indices.length),
      signal,
      onAnswer: (k) => {
        const item = nameOfPicture(this.#photos[indices[k]!]!.picture);
        onProgress?.({ stage: "stereo", done: ++this.#done, total, item });
      },
    });
    const byPhoto: StereoAnswers[Step][] = [];
    for (const [k, i] of indices.entries()) byPhoto[i] = answers[k] as StereoAnswers[Step];
    return byPhoto;
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
function blankPlanes({ width, height }: RgbImage): ScoredPlanes {
  const map = () => new Float32Array(width * height);
  return { width, height, inverseDepth: map(), slopeX: map(), slopeY: map(), costs: map().fill(NO_EVIDENCE) };
}
