import type { AnswerStatus } from "../core/answer-status.ts";
import type { Lens } from "../core/lens.ts";
import type { AlignmentFit, Scene, SceneImage } from "../core/scene.ts";
import { sceneCameras } from "../core/scene-cameras.ts";
import type { ImageTrackSummary, TrackSummary } from "../core/track-summary.ts";
import type { View } from "../core/view.ts";
import { calibrationRows, poseRows } from "../formats/camera-matrices.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { invertRigid } from "../geometry/pose.ts";
import type { PairingJson, SceneJson, SceneJsonImage, SceneJsonPair, StoredLens, StoredMap } from "./scene-format.ts";

/** What is known of a run beyond its result. */
export interface RunFacts {
  readonly model: SceneJson["model"];
  /** Seconds by stage, in the order to show them. */
  readonly timings: Readonly<Record<string, number>>;
  readonly peakMemoryBytes: number;
}

/** The maps of a photo that are written beside `scene.json`. */
export interface ImageMaps {
  readonly depth: StoredMap;
  readonly confidence: StoredMap;
  /** Where measured depth comes from; undefined where none was measured. */
  readonly source?: StoredMap | undefined;
}

/** What `scene.json` tells besides the scene. */
export interface SceneJsonParts {
  readonly run: RunFacts;
  /** Of each image; only those of registered ones count. Null when none are written. */
  readonly maps: readonly ImageMaps[] | null;
  readonly trackSummary: TrackSummary;
  readonly status: AnswerStatus;
  readonly warnings: readonly string[];
  /** Of points. */
  readonly minConfidence: number;
}

/** `scene.json` as a value. */
export function sceneJson(scene: Scene, views: readonly View[], parts: SceneJsonParts): SceneJson {
  const { run, maps, trackSummary, status, warnings, minConfidence } = parts;
  const cameras = sceneCameras(scene.images);
  const nameOf = (image: number): string => views[image]!.name;
  return {
    version: 1,
    units: scene.units,
    status,
    warnings,
    min_confidence: minConfidence,
    model: run.model,
    images: scene.images.map((image, i) => ({
      ...imageJson(image, views[i]!, trackSummary.images[i]!, maps?.[i]),
      camera: cameras[i]!,
    })),
    pairs: scene.pairs.map(({ image1, image2, meanConfidence, fit }) => ({
      image1: nameOf(image1),
      image2: nameOf(image2),
      mean_confidence: meanConfidence,
      ...fitJson(fit),
      shared_points: trackSummary.sharedPoints(image1, image2),
    })),
    pairing: pairingJson(scene.pairing, nameOf),
    alignment: scene.alignment,
    refinement: refinementJson(scene.refinement),
    timings: run.timings,
    peak_memory_bytes: run.peakMemoryBytes,
  };
}

/** How photos were paired, with their names; null where that was told. */
export function pairingJson(report: Scene["pairing"], nameOf: (image: number) => string): PairingJson | null {
  if (report === undefined) return null;
  const { pairs, matchedPairs, sequences, groups, bridges, unmatched } = report;
  return {
    pairs,
    matched_pairs: matchedPairs ?? null,
    sequences,
    groups,
    bridges: bridges.map(([a, b]) => [nameOf(a), nameOf(b)] as const),
    unmatched: unmatched.map(nameOf),
  };
}

function refinementJson(report: Scene["refinement"]): SceneJson["refinement"] {
  if (report === undefined) return null;
  return { verified_pairs: report.verifiedPairs, points: report.points };
}

function imageJson(
  image: SceneImage,
  view: View,
  trackSummary: ImageTrackSummary,
  maps: ImageMaps | undefined,
): Omit<SceneJsonImage, "camera"> {
  const { registered, worldFromCam } = image;
  return {
    file: view.name,
    width: view.original.width,
    height: view.original.height,
    registered,
    K: calibrationRows(originalIntrinsics(image.intrinsics, view.originalFromNetwork)),
    focal_source: image.focalSource ?? null,
    pose_source: registered ? (image.poseSource ?? null) : null,
    lens: view.straightening ? lensJson(view.straightening.lens) : null,
    cam_from_world: registered ? poseRows(invertRigid(worldFromCam)) : null,
    world_from_cam: registered ? poseRows(worldFromCam) : null,
    mean_confidence: meanOf(image.confidence),
    component: image.component ?? null,
    ...fitJson(image.fit),
    shared_points: trackSummary.points,
    connected_photos: trackSummary.connections,
    reprojection_error: trackSummary.reprojectionError,
    median_reprojection_error: trackSummary.medianError,
    depth: (registered && maps?.depth) || null,
    confidence: (registered && maps?.confidence) || null,
    source: (registered && maps?.source) || null,
  };
}

function lensJson({ intrinsics, distortion }: Lens): StoredLens | null {
  if (distortion === undefined) return null;
  const { model, k } = distortion;
  return { K: calibrationRows(intrinsics), model, k, p: distortion.model === "radial" ? distortion.p : null };
}

function fitJson(fit: AlignmentFit | undefined): Pick<SceneJsonPair, "residual" | "inlier_share"> {
  return { residual: fit?.residual ?? null, inlier_share: fit?.inlierShare ?? null };
}

/** The mean of a map's values. */
function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
