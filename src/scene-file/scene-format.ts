import type { AnswerStatus } from "../core/answer-status.ts";
import type { Distortion } from "../core/lens.ts";
import type { AlignmentReport, FocalSource, PoseSource, Scene } from "../core/scene.ts";

// What each field means stands in `scene-schema.ts`, whose fields the compiler holds to these types.

/** A 16-bit PNG beside `scene.json`. */
export interface StoredMap {
  readonly file: string;
  readonly scale: number;
}

/** A disparity map, and the photo that it leads to. */
export interface StoredDisparity extends StoredMap {
  readonly match_image: string;
}

/** The lens of a photo whose lines were bent. */
export interface StoredLens {
  readonly K: readonly (readonly number[])[];
  readonly model: Distortion["model"];
  readonly k: readonly number[];
  readonly p: readonly [number, number] | null;
}

/** One photo in `scene.json`, in pixels of the original. */
export interface SceneJsonImage {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly registered: boolean;
  readonly K: readonly (readonly number[])[];
  readonly camera: number;
  readonly focal_source: FocalSource | null;
  readonly pose_source: PoseSource | null;
  readonly lens: StoredLens | null;
  readonly cam_from_world: readonly (readonly number[])[] | null;
  readonly world_from_cam: readonly (readonly number[])[] | null;
  readonly mean_confidence: number;
  readonly component: number | null;
  readonly residual: number | null;
  readonly inlier_share: number | null;
  readonly shared_points: number;
  readonly connected_photos: number;
  readonly reprojection_error: number | null;
  readonly median_reprojection_error: number | null;
  readonly depth: StoredMap | null;
  readonly confidence: StoredMap | null;
  readonly source: StoredMap | null;
}

/** A pair of photos. */
export interface SceneJsonPair {
  readonly image1: string;
  readonly image2: string;
  readonly mean_confidence: number;
  readonly residual: number | null;
  readonly inlier_share: number | null;
  readonly shared_points: number;
}

/** How photos were paired where that was left to the program. */
export interface PairingJson {
  readonly pairs: number;
  readonly matched_pairs: number | null;
  readonly sequences: readonly number[];
  readonly groups: number;
  readonly bridges: readonly (readonly [string, string])[];
  readonly unmatched: readonly string[];
}

/** The content of a `scene.json` that this program writes. */
export interface SceneJson {
  readonly version: 1;
  readonly units: Scene["units"];
  readonly status: AnswerStatus;
  readonly warnings: readonly string[];
  readonly min_confidence: number;
  readonly model: { readonly name: string; readonly dtype: string; readonly device: string };
  readonly images: readonly SceneJsonImage[];
  readonly pairs: readonly SceneJsonPair[];
  readonly pairing: PairingJson | null;
  readonly alignment: AlignmentReport;
  readonly refinement: {
    readonly verified_pairs: number;
    readonly points: number;
  } | null;
  readonly timings: Readonly<Record<string, number>>;
  readonly peak_memory_bytes: number;
}

/** What is read of a photo's entry; all but its name and size may be missing. */
export type PosedPhotoJson = Pick<SceneJsonImage, "file" | "width" | "height"> & {
  readonly [K in keyof SceneJsonImage]?: SceneJsonImage[K] | null | undefined;
} & { readonly disparity?: StoredDisparity | null | undefined };

/** Posed photos that any program may have written: a reconstruction, RGB-D photos, or a scene with ground truth. */
export interface PosedPhotosJson {
  readonly name?: string | undefined;
  readonly kind?: "multiview" | "pair" | "stereo" | "single" | undefined;
  readonly units?: SceneJson["units"] | null | undefined;
  readonly model?: SceneJson["model"] | undefined;
  readonly images: readonly PosedPhotoJson[];
  readonly pairs?: readonly Pick<SceneJsonPair, "image1" | "image2" | "mean_confidence">[] | undefined;
  readonly alignment?: AlignmentReport | undefined;
}
