import type { Agreement, Scene, SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { calibrationRows, poseRows } from "../formats/camera-matrices.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { invertRigid } from "../geometry/pose.ts";
import type { ImageAgreement, SceneAgreement } from "./agreement.ts";
import { mapScale } from "./depth-maps.ts";

/** What is known of a run beyond its result. */
export interface RunFacts {
  readonly model: { readonly name: string; readonly dtype: string; readonly device: string };
  /** Seconds by stage, in the order to show them. */
  readonly timings: Readonly<Record<string, number>>;
  readonly peakMemoryBytes: number;
}

/** A 16-bit PNG beside `scene.json`: `value = scale * code`, code 0 where there is no value. */
export interface MapFile {
  readonly file: string;
  readonly scale: number;
}

/** One photo in `scene.json`, in pixels of the original. Without a pose there is no depth either. */
export interface SceneJsonImage {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly registered: boolean;
  /** 3×3. */
  readonly K: readonly (readonly number[])[];
  /** 4×4, OpenCV axes; null when the photo is not registered. */
  readonly cam_from_world: readonly (readonly number[])[] | null;
  readonly world_from_cam: readonly (readonly number[])[] | null;
  readonly mean_confidence: number;
  /** Photos of one number are in one world; 0 are the registered ones, null a photo alone. */
  readonly component: number | null;
  /** How well the pairs fit this photo after global alignment: see `Agreement`. Null where nothing was optimised. */
  readonly residual: number | null;
  readonly inlier_share: number | null;
  /** How many points this photo shares with others, with how many others it shares enough, and how well. */
  readonly shared_points: number;
  readonly connected_photos: number;
  /** In pixels: the mean distance between where the photo has a shared point and where it projects. */
  readonly reprojection_error: number | null;
  readonly depth: MapFile | null;
  readonly confidence: MapFile | null;
}

/** Two photos that the network saw together. */
export interface SceneJsonPair {
  readonly image1: string;
  readonly image2: string;
  readonly mean_confidence: number;
  /** How well the pair fits the scene, at the worse of its photos. */
  readonly residual: number | null;
  readonly inlier_share: number | null;
  /** Points of the scene that both photos see. */
  readonly shared_points: number;
}

/** What `scene.json` tells besides the scene. */
export interface SceneJsonParts {
  readonly run: RunFacts;
  /** The NAMEs of the depth and confidence maps; null when none are written. */
  readonly mapNames: readonly string[] | null;
  readonly agreement: SceneAgreement;
}

/** The content of `scene.json`; field names and layouts are those of the ground truth the evaluator reads. */
export interface SceneJson {
  readonly version: 1;
  readonly units: Scene["units"];
  readonly model: RunFacts["model"];
  readonly images: readonly SceneJsonImage[];
  /** Photos by file name. */
  readonly pairs: readonly SceneJsonPair[];
  readonly alignment: Scene["alignment"];
  /** Seconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
  readonly peak_memory_bytes: number;
}

/** `scene.json` as a value. */
export function sceneJson(scene: Scene, views: readonly View[], parts: SceneJsonParts): SceneJson {
  const { run, mapNames, agreement } = parts;
  const nameOf = (image: number): string => views[image]!.name;
  return {
    version: 1,
    units: scene.units,
    model: run.model,
    images: scene.images.map((image, i) => imageJson(image, views[i]!, agreement.images[i]!, mapNames?.[i])),
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
  mapName: string | undefined,
): SceneJsonImage {
  const { registered, worldFromCam } = image;
  const mapped = registered && mapName !== undefined;
  return {
    file: view.name,
    width: view.original.width,
    height: view.original.height,
    registered,
    K: calibrationRows(originalIntrinsics(image.intrinsics, view.originalFromNetwork)),
    cam_from_world: registered ? poseRows(invertRigid(worldFromCam)) : null,
    world_from_cam: registered ? poseRows(worldFromCam) : null,
    mean_confidence: meanOf(image.confidence),
    component: image.component ?? null,
    ...agreementJson(image.agreement),
    shared_points: agreement.points,
    connected_photos: agreement.connections,
    reprojection_error: agreement.reprojectionError,
    depth: mapped ? { file: `depth/${mapName}.png`, scale: mapScale(image.depth) } : null,
    confidence: mapped ? { file: `confidence/${mapName}.png`, scale: mapScale(image.confidence) } : null,
  };
}

function agreementJson(agreement: Agreement | undefined): Pick<SceneJsonPair, "residual" | "inlier_share"> {
  return { residual: agreement?.residual ?? null, inlier_share: agreement?.inlierShare ?? null };
}

/** The mean of a map's values. */
export function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
