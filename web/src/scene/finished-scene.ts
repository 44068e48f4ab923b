import type { RunOptions } from "../../../src/core/progress.ts";
import type { ReportData } from "../../../src/export/report-data.ts";

/** What can be downloaded of a scene, in the order of the page. */
export const DOWNLOADS = {
  glb: { title: "GLB", told: "Points and cameras, for any 3D program", file: "scene.glb" },
  ply: { title: "PLY", told: "Colored points with confidence", file: "points.ply" },
  colmap: { title: "COLMAP", told: "For splats: cameras, tracks and photos", file: "colmap.zip" },
  mesh: { title: "Mesh", told: "One surface with a color per vertex (GLB)", file: "mesh.glb" },
  surfaces: { title: "Surfaces", told: "A textured surface per photo (GLB)", file: "surfaces.glb" },
  transforms: { title: "transforms.json", told: "For nerfstudio, with photos", file: "transforms.zip" },
  depth: { title: "Depth", told: "Depth and confidence as 16-bit PNG", file: "depth.zip" },
  report: { title: "Page", told: "This viewer with the scene, one HTML file", file: "index.html" },
  scene: { title: "scene.json", told: "Cameras and all that is known", file: "scene.json" },
} as const;

/** One of them. */
export type DownloadKind = keyof typeof DOWNLOADS;

/** A scene that is there to be looked at and downloaded. */
export interface FinishedScene {
  readonly data: ReportData;
  /** Names of photos that could not be read. */
  readonly leftOut: readonly string[];
  /** The file of a download; with `metersPerUnit` in meters. `InputError` where the scene has no such file. */
  download(kind: DownloadKind, metersPerUnit: number | null, run: RunOptions): Promise<Blob>;
  /** Whether downloads can follow a length that was typed in. */
  readonly scalable: boolean;
  /** What brings the scene back later; null where it is kept elsewhere. */
  readonly stored: StoredScene | null;
}

/** A scene as it is kept. */
export interface StoredScene {
  /** What the viewer draws, as JSON. */
  readonly report: Blob;
  /** Scene, views and run, packed. */
  readonly result: Blob;
  /** The photos of the views, by their index among the project's. */
  readonly kept: readonly number[];
}

/** What computes scenes. */
export interface Engine {
  /** Where it computes, in words that end a sentence. */
  readonly place: string;
  /** Whether that is this device, which needs no network for it. */
  readonly isHere: boolean;
  /** What becomes of photos, in a true sentence. */
  readonly privacy: string;
  /** Photos in, scene out; the signal's reason when aborted. */
  reconstruct(photos: readonly File[], run: EngineRun): Promise<FinishedScene>;
  /** Removes what interrupted runs of a project left behind. */
  forget(project: string): Promise<void>;
}

/** What a run of an engine is given besides photos. */
export interface EngineRun extends RunOptions {
  /** By it a run finds what an interrupted one had finished. */
  readonly project: string;
  /** A weights file of the user's; the embedded ones when null. */
  readonly weights: File | null;
  /** Whether depth is measured between photos. */
  readonly dense: boolean;
}
