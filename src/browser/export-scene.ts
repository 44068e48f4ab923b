import { zipSync } from "fflate";
import { InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import type { ExportKind } from "../export/export-kinds.ts";
import type { LeastConfidence } from "../export/point-filter.ts";
import type { WrittenScene } from "../export/write-scene.ts";
import type { Reconstruction } from "../pipeline/reconstruction.ts";
import { writeSceneFiles } from "../pipeline/scene-files.ts";

/** How a scene becomes files. */
export interface ExportSceneOptions extends RunOptions {
  readonly kinds: readonly ExportKind[];
  /** The report page's viewer, `dist/export/viewer.html` of the package: the kind `report` needs it. */
  readonly viewerHtml?: string | undefined;
  /** Pixels of less confidence become no points; `auto`, which fits the scene, when left out. */
  readonly minConfidence?: LeastConfidence | undefined;
  /** Files of points have at most so many, an even choice; all when left out. */
  readonly mostPoints?: number | undefined;
}

/** One file of a scene. */
export interface SceneBlob {
  /** Relative to the scene's folder, with `/` between folders. */
  readonly name: string;
  readonly blob: Blob;
}

/** A scene as files, `scene.json` last. */
export interface ExportedScene extends Omit<WrittenScene, "files"> {
  readonly files: readonly SceneBlob[];
}

/** In the worker: the files that the command line writes, by the same code. */
export async function exportSceneFiles(
  scene: Omit<Reconstruction, "photos">,
  options: ExportSceneOptions,
): Promise<ExportedScene> {
  const files: SceneBlob[] = [];
  const sink = {
    async write(name: string, bytes: Uint8Array) {
      files.push({ name, blob: new Blob([bytes as BlobPart]) });
    },
  };
  const loadViewerHtml = async () => {
    if (options.viewerHtml !== undefined) return options.viewerHtml;
    throw new InputError("the report page needs its viewer: give viewerHtml, or choose other kinds");
  };
  const written = await writeSceneFiles(scene, sink, { ...options, loadViewerHtml });
  return { ...written, files };
}

/** Compressed already, or nearly so. */
const PACKED = /\.(jpe?g|png|glb)$/i;

/** In the worker: files as one ZIP archive. */
export async function zipSceneFiles(files: readonly SceneBlob[]): Promise<Blob> {
  const entries: Record<string, [Uint8Array, { level: 0 | 6 }]> = {};
  for (const { name, blob } of files)
    entries[name] = [new Uint8Array(await blob.arrayBuffer()), { level: PACKED.test(name) ? 0 : 6 }];
  return new Blob([zipSync(entries) as BlobPart], { type: "application/zip" });
}
