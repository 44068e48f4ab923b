import type { Lens } from "../core/lens.ts";
import type { Agreement, Scene, SceneImage } from "../core/scene.ts";
import type { ImageAgreement, SceneAgreement } from "../core/scene-agreement.ts";
import type { View } from "../core/view.ts";
import { calibrationRows, poseRows } from "../formats/camera-matrices.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { invertRigid } from "../geometry/pose.ts";
import type { SceneJson, SceneJsonImage, SceneJsonPair, StoredLens, StoredMap } from "./scene-schema.ts";

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
}

/** What `scene.json` tells besides the scene. */
export interface SceneJsonParts {
  readonly run: RunFacts;
  /** Of each image; only those of registered ones count. Null when none are written. */
  readonly maps: readonly ImageMaps[] | null;
  readonly agreement: SceneAgreement;
}

/** `scene.json` as a value. */
export function sceneJson(scene: Scene, views: readonly View[], { run, maps, agreement }: SceneJsonParts): SceneJson {
  const nameOf = (image: number): string => views[image]!.name;
  return {
    version: 1,
    units: scene.units,
    model: run.model,
    images: scene.images.map((image, i) => imageJson(image, views[i]!, agreement.images[i]!, maps?.[i])),
    pairs: scene.pairs.map(({ image1, image2, meanConfidence, agreement: fit }) => ({
      image1: nameOf(image1),
      image2: nameOf(image2),
      mean_confidence: meanConfidence,
      ...agreementJson(fit),
      shared_points: agreement.sharedPoints(image1, image2),
    })),
    alignment: scene.alignment,
    timings: run.timings,
    peak_memory_bytes: run.peakMemoryBytes,
  };
}

function imageJson(
  image: SceneImage,
  view: View,
  agreement: ImageAgreement,
  maps: ImageMaps | undefined,
): SceneJsonImage {
  const { registered, worldFromCam } = image;
  return {
    file: view.name,
    width: view.original.width,
    height: view.original.height,
    registered,
    K: calibrationRows(originalIntrinsics(image.intrinsics, view.originalFromNetwork)),
    lens: view.straightening ? lensJson(view.straightening.lens) : null,
    cam_from_world: registered ? poseRows(invertRigid(worldFromCam)) : null,
    world_from_cam: registered ? poseRows(worldFromCam) : null,
    mean_confidence: meanOf(image.confidence),
    component: image.component ?? null,
    ...agreementJson(image.agreement),
    shared_points: agreement.points,
    connected_photos: agreement.connections,
    reprojection_error: agreement.reprojectionError,
    depth: (registered && maps?.depth) || null,
    confidence: (registered && maps?.confidence) || null,
  };
}

function lensJson({ intrinsics, distortion }: Lens): StoredLens | null {
  if (distortion === undefined) return null;
  const { model, k } = distortion;
  return { K: calibrationRows(intrinsics), model, k, p: distortion.model === "radial" ? distortion.p : null };
}

function agreementJson(agreement: Agreement | undefined): Pick<SceneJsonPair, "residual" | "inlier_share"> {
  return { residual: agreement?.residual ?? null, inlier_share: agreement?.inlierShare ?? null };
}

/** The mean of a map's values. */
function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
