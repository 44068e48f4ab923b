import type { DenseMap, DepthSize } from "../core/dense-scene.ts";
import { assert } from "../core/errors.ts";
import { nameOfPicture } from "../core/picture.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/size.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import { type KeptValues, keepValues, type StereoStore } from "./kept-values.ts";
import { NO_EVIDENCE, type ScoredPlanes } from "./patch-match.ts";
import { selectSources } from "./select-sources.ts";
import { bytesCoding, denseCoding, planesCoding } from "./stereo-codings.ts";
import { brightness, resizedCamera, type StereoPhoto, stereoSize } from "./stereo-photo.ts";
import type {
  AgreeRequest,
  ImproveRequest,
  LoadRequest,
  MatchRequest,
  StereoProblem,
  StereoRequest,
} from "./stereo-request.ts";
import type { StereoView } from "./stereo-view.ts";

/** What measured depth depends on besides the photos. */
export interface StereoSettings {
  /** 1024 when left out. */
  readonly depthSize?: DepthSize | undefined;
  /** Photos that each photo is compared with, at most; 4 when left out. */
  readonly sources?: number | undefined;
  /** Equal seeds give equal depth; 0 when left out. */
  readonly seed?: number | string | undefined;
  /** Where maps are kept, so that an interrupted run can go on and memory holds a few of them; in memory when left out. */
  readonly store?: StereoStore | undefined;
}

/**
 * Work on one photo after another, in any order and by whoever it is: a request, which `answerStereo` answers anywhere, made from what the
 * rounds before it kept.
 */
export interface StereoRound {
  /** Whether there is anything to do about a photo that is not kept yet. */
  isOpen(photo: number): Promise<boolean>;
  request(photo: number): Promise<StereoRequest>;
  /** Keeps an answer. */
  take(photo: number, answer: never): Promise<void>;
}

/** Photos on their way to depth. */
export interface StereoWork {
  readonly cameras: readonly PosedCamera[];
  /** Those that a photo is compared with. */
  sources(photo: number): readonly number[];
  /** To be done one after the other. */
  readonly rounds: readonly StereoRound[];
  /** What all rounds have found of a photo. */
  planes(photo: number): Promise<ScoredPlanes>;
  /** Where others agree with it, and how many. */
  marks(photo: number): Promise<Uint8Array>;
  gray(photo: number): Promise<Uint8Array>;
  load(photo: number): LoadRequest;
  /** Depth, when it is kept. */
  map(photo: number): Promise<DenseMap>;
  readonly maps: KeptValues<DenseMap>;
}

/** What is done unless told otherwise. */
const STEREO_DEFAULTS: { readonly depthSize: number; readonly sources: number } = {
  depthSize: 1024,
  sources: 4,
};
/** Rounds in which photos look at each other's planes. */
const GEOMETRIC_ROUNDS = 2;

/** How depth of photos is measured, round by round. */
export function stereoRounds(photos: readonly StereoPhoto[], options: StereoSettings): StereoWork {
  const { depthSize = STEREO_DEFAULTS.depthSize, seed = 0 } = options;
  const cameras = photos.map((photo) => resizedCamera(photo, stereoSize(photo.original, depthSize)));
  const sizeOf = (i: number): Size => cameras[i]!;
  const kept = {
    bytes: keepValues(bytesCoding(sizeOf), options.store),
    planes: keepValues(planesCoding(sizeOf), options.store),
    dense: keepValues(denseCoding(sizeOf), options.store),
  };
  const found = async <T>(values: KeptValues<T>, i: number, name: string | number): Promise<T> => {
    const value = await values.get(i, name);
    assert(value !== undefined, `what was kept of ${nameOfPicture(photos[i]!.picture)} is damaged: run again`);
    return value;
  };
  const coarse = photos.map((photo) => ({ ...resizedCamera(photo, photo.network), depth: photo.network.depth }));
  const selected = new Map<number, readonly number[]>();
  const sources = (i: number): readonly number[] => {
    const known = selected.get(i) ?? selectSources(coarse, i, options.sources ?? STEREO_DEFAULTS.sources);
    selected.set(i, known);
    return known;
  };
  const isCompared = (i: number): boolean => sources(i).length > 0;
  const load = (i: number): LoadRequest => ({ step: "load", photo: photos[i]!, size: cameras[i]! });
  const gray = (i: number) => found(kept.bytes, i, "gray");
  const viewOf = async (i: number): Promise<StereoView> => ({ ...cameras[i]!, gray: await gray(i) });
  const planesOf = async (i: number, round: number): Promise<ScoredPlanes> =>
    isCompared(i) ? await found(kept.planes, i, round) : blankPlanes(cameras[i]!);
  const problemOf = async (i: number, step: string): Promise<StereoProblem> => ({
    reference: await viewOf(i),
    sources: await inTurn(sources(i), viewOf),
    network: photos[i]!.network,
    seed: `${seed} ${i} ${step}`,
  });
  const keepPlanes = (round: number) => async (i: number, planes: ScoredPlanes) => {
    await kept.planes.put(i, round, planes);
    // Rounds look at the one before.
    kept.planes.free(i, round - 2);
  };
  const loading: StereoRound = {
    isOpen: async (i) => !(await kept.bytes.has(i, "gray")),
    request: async (i) => load(i),
    take: (i, picture: RgbImage) => kept.bytes.put(i, "gray", brightness(picture)),
  };
  const matching: StereoRound = {
    isOpen: async (i) => isCompared(i) && !(await kept.planes.has(i, 0)),
    request: async (i): Promise<MatchRequest> => ({ step: "match", ...(await problemOf(i, "match")) }),
    take: keepPlanes(0),
  };
  const improving = Array.from({ length: GEOMETRIC_ROUNDS }, (_, before): StereoRound => {
    return {
      isOpen: async (i) => isCompared(i) && !(await kept.planes.has(i, before + 1)),
      request: async (i): Promise<ImproveRequest> => ({
        step: "improve",
        ...(await problemOf(i, `improve ${before}`)),
        planes: await planesOf(i, before),
        planesOfSources: await inTurn(sources(i), (j) => planesOf(j, before)),
      }),
      take: keepPlanes(before + 1),
    };
  });
  const agreeing: StereoRound = {
    isOpen: async (i) => isCompared(i) && !(await kept.bytes.has(i, "marks")),
    request: async (i): Promise<AgreeRequest> => {
      const others = sources(i).filter(isCompared);
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
  };
  return {
    cameras,
    sources,
    rounds: [loading, matching, ...improving, agreeing],
    planes: (i) => planesOf(i, GEOMETRIC_ROUNDS),
    marks: async (i) => (isCompared(i) ? await found(kept.bytes, i, "marks") : blankMarks(cameras[i]!)),
    gray,
    load,
    map: (i) => found(kept.dense, i, "dense"),
    maps: kept.dense,
  };
}

/** Answers one after the other: two at once may load the same. */
async function inTurn<T>(photos: readonly number[], answer: (photo: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (const i of photos) answers.push(await answer(i));
  return answers;
}

/** Planes of a photo of which nothing is known. */
function blankPlanes({ width, height }: Size): ScoredPlanes {
  const map = () => new Float32Array(width * height);
  return { width, height, inverseDepth: map(), slopeX: map(), slopeY: map(), costs: map().fill(NO_EVIDENCE) };
}

function blankMarks({ width, height }: Size): Uint8Array {
  return new Uint8Array(width * height);
}
