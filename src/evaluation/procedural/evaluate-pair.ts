import type { Pose } from "../../core/camera.ts";
import type { PairPrediction } from "../../core/pair-prediction.ts";
import type { RgbImage } from "../../core/rgb-image.ts";
import type { SceneImage } from "../../core/scene.ts";
import { centeredIntrinsics, unprojectDepth } from "../../geometry/camera.ts";
import { composePoses, invertRigid, transformPoints } from "../../geometry/pose.ts";
import { reconstructViews } from "../../pipeline/reconstruct.ts";
import { depthColors, depthRange } from "../../rgbd/depth-colors.ts";
import type { RgbdView } from "../../rgbd/rgbd-view.ts";
import { estimateRelativePose } from "../../tasks/relative-pose.ts";
import type { Evaluated } from "../benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { type DepthMap, depthErrors } from "../metrics/depth-errors.ts";
import { relativeFocalError } from "../metrics/focal-errors.ts";
import { type PairPoints, pointmapError } from "../metrics/pointmap-error.ts";
import { type PairPoseError, relativePoseError } from "../metrics/pose-errors.ts";
import { mean, median } from "../metrics/statistics.ts";
import type { ConstantAnswer } from "./constant-answer.ts";
import { type ProceduralPair, viewOfPhoto } from "./procedural-pairs.ts";

/** How well one pair is answered. */
export interface PairMetrics {
  readonly pose: PairPoseError;
  /** Mean distance of normalized points. */
  readonly point_error: number | null;
  /** Means over both photos. */
  readonly abs_rel: number | null;
  readonly delta_1_25: number;
  /** Of each photo, relative. */
  readonly focal_errors: readonly number[];
}

/** The estimates for one pair. */
export interface ProceduralMetrics {
  readonly kind: string;
  readonly overlap: number;
  /** As `dust3r reconstruct` answers. */
  readonly network: PairMetrics;
  /** The relative pose as `dust3r pose` answers. */
  readonly pose: PairPoseError;
  /** The constant baseline. */
  readonly constant: PairMetrics;
}

/** Baselines below this share of the median depth have no direction. */
const NEGLIGIBLE_BASELINE = 1e-3;

/** Compares the network's predictions for a pair, and the constant baseline, with the truth. */
export async function evaluatePair(
  pair: ProceduralPair,
  id: string,
  network: EvaluatedNetwork,
  constant: ConstantAnswer,
): Promise<Evaluated<ProceduralMetrics>> {
  const { views, kind, overlap } = pair;
  const truth = trueAnswer(views);
  const predictions: PairPrediction[] = [];
  const photos = views.map((view, i) => viewOfPhoto(view, `${id}-${i}`));
  const scene = await reconstructViews(network, photos, {
    // Photos of these scenes are of one size, and most are taken with a lens of their own.
    priors: { sharedFocal: false },
    signal: network.signal,
    onPrediction: (prediction) => predictions.push(prediction),
  });
  const forward = predictions.find(({ view1 }) => view1 === 0)!;
  const backward = predictions.find(({ view1 }) => view1 === 1)!;
  const pose = estimateRelativePose(forward, backward);
  const metrics: ProceduralMetrics = {
    kind,
    overlap,
    network: compare(truth, networkAnswer(forward, scene.images)),
    pose: relativePoseError(truth.cam2FromCam1, pose.status === "ok" ? pose.cam2FromCam1 : undefined, truth.negligible),
    constant: compare(truth, constantAnswer(views, constant)),
  };
  const { rotation, translation } = metrics.network.pose;
  return {
    metrics,
    badness: Math.max(rotation, translation ?? 0) + (metrics.network.abs_rel ?? 1),
    pictures: () => views.flatMap((view, i) => pictures(view, scene.images[i]!)),
  };
}

interface Answer {
  /** Undefined where there is none. */
  readonly cam2FromCam1: Pose | undefined;
  readonly points: PairPoints;
  /** Of each photo; undefined where it was not registered. */
  readonly depth: readonly (DepthMap | undefined)[];
  /** Of each photo, in pixels. */
  readonly focal: readonly number[];
}

interface Truth extends Answer {
  readonly cam2FromCam1: Pose;
  readonly depth: readonly DepthMap[];
  readonly negligible: number;
}

function trueAnswer(views: ProceduralPair["views"]): Truth {
  const [first, second] = views;
  const cam2FromCam1 = composePoses(invertRigid(second.worldFromCam), first.worldFromCam);
  const points = (view: RgbdView) => unprojectDepth(view.depth, view, view.intrinsics);
  return {
    cam2FromCam1,
    points: { points1: points(first), points2: transformPoints(invertRigid(cam2FromCam1), points(second)) },
    depth: views,
    focal: views.map(({ intrinsics }) => intrinsics.fx),
    negligible: NEGLIGIBLE_BASELINE * (median(first.depth.filter((z) => z > 0)) ?? 0),
  };
}

function networkAnswer(forward: PairPrediction, images: readonly SceneImage[]): Answer {
  const [first, second] = images as [SceneImage, SceneImage];
  const located = first.registered && second.registered;
  return {
    cam2FromCam1: located ? composePoses(invertRigid(second.worldFromCam), first.worldFromCam) : undefined,
    points: { points1: forward.pointmap1, points2: forward.pointmap2 },
    depth: images.map((image) => (image.registered ? image : undefined)),
    focal: images.map(({ intrinsics }) => intrinsics.fx),
  };
}

function constantAnswer(views: ProceduralPair["views"], { focal, depth, cam2FromCam1 }: ConstantAnswer): Answer {
  const points = views.map((view) =>
    unprojectDepth(enlarged(depth, view), view, centeredIntrinsics(view, focal * view.width)),
  );
  return {
    cam2FromCam1,
    points: { points1: points[0]!, points2: transformPoints(invertRigid(cam2FromCam1), points[1]!) },
    depth: views.map(() => depth),
    focal: views.map(({ width }) => focal * width),
  };
}

function enlarged(map: DepthMap, { width, height }: RgbdView): Float32Array {
  return Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return map.depth[Math.floor((y * map.height) / height) * map.width + Math.floor((x * map.width) / width)]!;
  });
}

function compare(truth: Truth, answer: Answer): PairMetrics {
  const errors = truth.depth.map((map, i) => answer.depth[i] && depthErrors(map, answer.depth[i]));
  const [depth1, depth2] = truth.depth as [DepthMap, DepthMap];
  return {
    pose: relativePoseError(truth.cam2FromCam1, answer.cam2FromCam1, truth.negligible),
    point_error: pointmapError(truth.points, answer.points, { valid1: depth1.depth, valid2: depth2.depth }) ?? null,
    abs_rel: mean(errors.flatMap((error) => error?.absRel ?? [])),
    delta_1_25: mean(errors.map((error) => error?.delta125 ?? 0))!,
    focal_errors: truth.focal.map((focal, i) => relativeFocalError(focal, answer.focal[i]!)),
  };
}

function pictures(view: RgbdView, found: SceneImage): RgbImage[] {
  const { width, height } = view;
  const colors = (depth: Float32Array) => ({ width, height, rgb: depthColors(depth, depthRange([depth])) });
  return [view, colors(view.depth), colors(found.depth)];
}
