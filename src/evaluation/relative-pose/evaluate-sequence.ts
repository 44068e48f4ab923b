import type { Pose } from "../../core/camera.ts";
import { InputError } from "../../core/errors.ts";
import type { PairPrediction } from "../../core/pair-prediction.ts";
import type { Scene } from "../../core/scene.ts";
import { composePoses, invertRigid } from "../../geometry/pose.ts";
import { loadViews } from "../../images/load-views.ts";
import { reconstructViews } from "../../pipeline/reconstruct.ts";
import { estimateRelativePose } from "../../tasks/relative-pose.ts";
import type { Evaluated } from "../benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { poseAccuracy } from "../metrics/pose-accuracy.ts";
import {
  cameraExtent,
  NEGLIGIBLE_BASELINE,
  type PairPoseError,
  pairPoseErrors,
  relativePoseError,
} from "../metrics/pose-errors.ts";
import { drawFrames, type PosedSequence } from "./posed-sequence.ts";

/** How many photos are evaluated together. */
export const FRAMES = [3, 5, 10] as const;
/** Pairwise PnP, alignment of all photos, and that with cameras refined on features. */
export const METHODS = ["pnp", "global", "refined"] as const;

/** The errors of all pairs of the first 3, 5 and 10 photos. */
export interface SequenceMetrics {
  readonly group: string;
  readonly frames: Readonly<Record<(typeof FRAMES)[number], FrameErrors>>;
}

/** By `METHODS`; undefined where cameras are not to be refined. */
export type FrameErrors = Readonly<Record<(typeof METHODS)[number], readonly PairPoseError[] | undefined>>;

/**
 * Estimates the poses of a sequence's photos; all pairs of the first 3, 5 and 10 are compared with the ground truth.
 */
export async function evaluateSequence(
  sequence: PosedSequence,
  network: EvaluatedNetwork,
): Promise<Evaluated<SequenceMetrics>> {
  const photos = drawFrames(sequence);
  const most = FRAMES.at(-1)!;
  if (photos.length < most) throw new InputError(`${sequence.id}: ${photos.length} photos, ${most} are needed`);
  const truth = photos.map(({ camFromWorld }) => camFromWorld);
  const { plan, refine, signal } = network;
  const files = photos.map(({ photo }) => photo);
  const views = await loadViews(files, { ...plan, signal });
  const pairwise = new Map<string, Pose | undefined>();
  const frames: Partial<Record<number, FrameErrors>> = {};
  // All ten first: what is found of their pairs holds for fewer of them too.
  for (const count of FRAMES.toReversed()) {
    const cameras = truth.slice(0, count);
    const extent = cameraExtent(cameras);
    const some = views.slice(0, count);
    const scene = await reconstructViews(network, some, { signal, onPrediction: keepPoses(pairwise) });
    const refined =
      refine === "none" ? undefined : await reconstructViews(network, some, { signal, files: files.slice(0, count) });
    frames[count] = {
      pnp: pairErrors(cameras, pairwise, NEGLIGIBLE_BASELINE * extent),
      global: pairPoseErrors(cameras, posesOf(scene), extent),
      refined: refined && pairPoseErrors(cameras, posesOf(refined), extent),
    };
  }
  const best = frames[most]!.refined ?? frames[most]!.global!;
  return {
    metrics: { group: sequence.group, frames: frames as SequenceMetrics["frames"] },
    badness: 1 - (poseAccuracy(best).maa30Unsigned ?? 0),
    pictures: () => views.slice(0, 4),
  };
}

function posesOf({ images }: Scene): (Pose | null)[] {
  return images.map(({ registered, worldFromCam }) => (registered ? invertRigid(worldFromCam) : null));
}

function pairErrors(
  truth: readonly Pose[],
  found: ReadonlyMap<string, Pose | undefined>,
  negligible: number,
): PairPoseError[] {
  return truth.flatMap((first, i) =>
    truth.slice(i + 1).map((second, k) => {
      const want = composePoses(second, invertRigid(first));
      return relativePoseError(want, found.get(`${i}-${i + 1 + k}`), negligible);
    }),
  );
}

/** Keeps the relative pose of every pair that was not seen yet, once both of its predictions have passed by. */
function keepPoses(pairwise: Map<string, Pose | undefined>): (prediction: PairPrediction) => void {
  const waiting = new Map<string, PairPrediction>();
  return (prediction) => {
    const { view1, view2 } = prediction;
    const key = `${Math.min(view1, view2)}-${Math.max(view1, view2)}`;
    if (pairwise.has(key)) return;
    const other = waiting.get(key);
    if (other === undefined) {
      waiting.set(key, prediction);
      return;
    }
    const [forward, backward] = view1 < view2 ? [prediction, other] : [other, prediction];
    const pose = estimateRelativePose(forward, backward, { method: "pnp" });
    pairwise.set(key, pose.status === "ok" ? pose.cam2FromCam1 : undefined);
    waiting.delete(key);
  };
}
