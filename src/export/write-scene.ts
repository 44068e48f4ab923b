import type { AnswerStatus } from "../core/answer-status.ts";
import type { DenseScene } from "../core/dense-scene.ts";
import { InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import type { Deflate } from "../formats/png16.ts";
import type { FusedMesh } from "../meshing/fuse-mesh.ts";
import type { SceneJson } from "../scene-file/scene-format.ts";
import type { RunFacts } from "../scene-file/scene-json.ts";
import { checkScene } from "./check-scene.ts";
import { encodeAhead } from "./encode-ahead.ts";
import { exportFiles } from "./export-files.ts";
import { DEFAULT_EXPORT_KINDS, type ExportKind } from "./export-kinds.ts";
import { sceneMesh } from "./mesh-glb.ts";
import type { LoadPicture } from "./mesh-photos.ts";
import type { LoadPhoto } from "./photo-files.ts";
import { choosePointFilter, type LeastConfidence, type PointFilter } from "./point-filter.ts";
import { sceneWarnings } from "./scene-warnings.ts";
import { hasSurface } from "./surfaces-glb.ts";
import { type LoadPreview, type LoadTexture, viewTextures } from "./texture.ts";
import { sceneTracks } from "./tracks/scene-tracks.ts";
import { summarizeTracks } from "./tracks/summarize-tracks.ts";
import type { EncodeJpeg } from "./view-pixels.ts";

/** Where files go. Names are relative, with `/` between folders. */
export interface FileSink {
  /** Keeps a file under this relative path, with `/` between folders. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** How a scene is written. */
export interface WriteSceneOptions extends RunOptions {
  readonly run: RunFacts;
  readonly encodeJpeg: EncodeJpeg;
  /** Gives the built viewer page; asked only when a report is written. */
  readonly loadViewerHtml: () => Promise<string>;
  /** Gives copies of the photos for the kinds that come with them; left out, those kinds come without. */
  readonly loadPhoto?: LoadPhoto | undefined;
  /** Gives pictures for surfaces and cameras; the views' unless given. */
  readonly loadTexture?: LoadTexture | undefined;
  /** Gives small pictures for the cameras of the report page; the views' unless given. */
  readonly loadPreview?: LoadPreview | undefined;
  /** Gives photos in the size of measured depth, for the colors of a mesh and of the report page; the views' unless given. */
  readonly loadPicture?: LoadPicture | undefined;
  /** A faster way to compress maps than the one that every platform has. */
  readonly deflate?: Deflate | undefined;
  /** Depth measured between the photos: depth maps and points are then made from it. */
  readonly dense?: DenseScene | undefined;
  /** `DEFAULT_EXPORT_KINDS` unless given. */
  readonly kinds?: readonly ExportKind[] | undefined;
  /** Pixels of less confidence become no points; `auto` unless given. Lowered where next to nothing would remain. */
  readonly minConfidence?: LeastConfidence | undefined;
  /** `points.ply`, `scene.glb` and what splats start from have at most so many points, an even choice; all when left out. */
  readonly mostPoints?: number | undefined;
  /** Whether evidence supports the scene; `ok` unless given. */
  readonly status?: AnswerStatus | undefined;
  /** The caller's reasons to doubt the result, one sentence each; shown with those that the scene itself gives. */
  readonly warnings?: readonly string[] | undefined;
}

/** What was written. */
export interface WrittenScene {
  /** In the order of writing. */
  readonly files: readonly string[];
  /** The content of `scene.json`. */
  readonly sceneJson: SceneJson;
  /** What became of the confidence that was asked for. */
  readonly filter: PointFilter;
  /** Sentences for the user; the caller's own come first. */
  readonly warnings: readonly string[];
}

/**
 * Writes `scene.json` and the chosen kinds, in original image pixels, one file at a time. Throws an `InputError`
 * before anything is written when the scene holds numbers that are not finite, or no points at all. The sink decides what
 * becomes of the files of a run that fails halfway.
 */
export async function writeScene(
  scene: Scene,
  views: readonly View[],
  sink: FileSink,
  options: WriteSceneOptions,
): Promise<WrittenScene> {
  const { run, encodeJpeg, loadViewerHtml, loadPhoto, onProgress, signal } = options;
  const { kinds = DEFAULT_EXPORT_KINDS, minConfidence = "auto", status = "ok" } = options;
  checkScene(scene, views);
  const filter = choosePointFilter(scene, minConfidence);
  if (filter.total === 0)
    throw new InputError(
      "nothing was reconstructed: no pixel of any photo has a depth; are the photos masked or blank?",
    );
  const tracks = sceneTracks(scene, filter.minConfidence);
  const trackSummary = summarizeTracks(tracks, views);
  const warnings = [
    ...(options.warnings ?? []),
    ...sceneWarnings(scene, views, { filter, minConfidence, trackSummary }),
  ];
  if (kinds.includes("surfaces") && !hasSurface(scene, filter))
    warnings.push("No neighboring pixels lie on one surface: there is no surfaces.glb.");
  const { dense, loadPicture, mostPoints } = options;
  const mesh = kinds.includes("mesh")
    ? await sceneMesh({ scene, views, dense, filter, loadPicture }, { onProgress, signal })
    : undefined;
  if (mesh) warnings.push(...meshWarnings(mesh));
  const parts = { scene, views, dense, kinds, filter, mostPoints, tracks, trackSummary, status, warnings };
  const { loadTexture = viewTextures(views, encodeJpeg), loadPreview, deflate } = options;
  const { files, description } = exportFiles({
    ...parts,
    mesh: mesh && mesh.triangles.length > 0 ? mesh : undefined,
    run,
    encodeJpeg,
    loadViewerHtml,
    loadPhoto,
    loadTexture,
    loadPreview,
    loadPicture,
    deflate,
  });
  let done = 0;
  for await (const { name, bytes } of encodeAhead(files)) {
    signal?.throwIfAborted();
    await sink.write(name, bytes);
    onProgress?.({ stage: "export", done: ++done, total: files.length, item: name });
  }
  return { files: files.map(({ name }) => name), filter, warnings, sceneJson: await description() };
}

/** Less of the pixels that are too far away for a mesh is not worth a word. */
const NOTABLE_SHARE = 0.02;

function meshWarnings({ triangles, tooFar }: FusedMesh): string[] {
  if (triangles.length === 0) return ["No photo shows a surface: there is no mesh.glb."];
  if (tooFar < NOTABLE_SHARE) return [];
  return [
    `mesh.glb leaves out ${Math.round(100 * tooFar)} % of the pixels: they are so far away that neighboring ones are more than four voxels apart.`,
  ];
}
