import type { RunOptions } from "../core/progress.ts";
import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { checkScene } from "./check-scene.ts";
import { encodeConfidenceMap, encodeDepthMap } from "./depth-maps.ts";
import { EXPORT_KINDS, type ExportKind } from "./export-kinds.ts";
import { encodeGlb } from "./glb.ts";
import { outputNames } from "./output-names.ts";
import { encodePointsPly } from "./ply.ts";
import { choosePointFilter, type PointFilter } from "./point-filter.ts";
import { encodeReport } from "./report.ts";
import { type RunFacts, sceneJson } from "./scene-json.ts";
import { type ScenePoints, scenePoints } from "./scene-points.ts";
import { sceneWarnings } from "./scene-warnings.ts";
import type { EncodeJpeg } from "./view-pixels.ts";

/** Where files go. Names are relative, with `/` between folders. */
export interface FileSink {
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** How a scene is written. */
export interface WriteSceneOptions extends RunOptions {
  readonly run: RunFacts;
  readonly encodeJpeg: EncodeJpeg;
  /** Gives the built viewer page; asked only when a report is written. */
  readonly loadViewerHtml: () => Promise<string>;
  /** All kinds unless given. */
  readonly kinds?: readonly ExportKind[] | undefined;
  /** Pixels of less confidence become no points; 3 unless given. Lowered where next to nothing would remain. */
  readonly minConfidence?: number | undefined;
  /** What the caller knows against the result, one sentence each; shown with what the scene itself gives away. */
  readonly warnings?: readonly string[] | undefined;
}

/** What was written. */
export interface WrittenScene {
  /** In the order of writing. */
  readonly files: readonly string[];
  /** What became of the confidence that was asked for. */
  readonly filter: PointFilter;
  /** Sentences for the user; the caller's own come first. */
  readonly warnings: readonly string[];
}

/** One file to be; the bytes are made only when it is its turn. */
interface OutputFile {
  readonly name: string;
  readonly encode: () => Uint8Array | Promise<Uint8Array>;
}

/**
 * Writes `scene.json` and the chosen kinds, in original image pixels, one file at a time. Throws an `InputError`
 * before anything is written when the scene holds numbers that are not finite. The sink decides what becomes of the
 * files of a run that fails halfway.
 */
export async function writeScene(
  scene: Scene,
  views: readonly View[],
  sink: FileSink,
  options: WriteSceneOptions,
): Promise<WrittenScene> {
  const { minConfidence = 3, onProgress, signal } = options;
  checkScene(scene, views);
  const filter = choosePointFilter(scene, minConfidence);
  const warnings = [...(options.warnings ?? []), ...sceneWarnings(scene, views, { filter, minConfidence })];
  const files = outputFiles(scene, views, { ...options, filter, warnings });
  for (const [i, { name, encode }] of files.entries()) {
    signal?.throwIfAborted();
    await sink.write(name, await encode());
    onProgress?.({ stage: "export", done: i + 1, total: files.length, item: name });
  }
  return { files: files.map(({ name }) => name), filter, warnings };
}

function outputFiles(
  scene: Scene,
  views: readonly View[],
  options: WriteSceneOptions & { readonly filter: PointFilter; readonly warnings: readonly string[] },
): readonly OutputFile[] {
  const { run, encodeJpeg, loadViewerHtml, kinds = EXPORT_KINDS, filter, warnings } = options;
  const started = performance.now();
  const files: OutputFile[] = [];
  const names = outputNames(views);
  let points: ScenePoints | undefined;
  const sharedPoints = (): ScenePoints => {
    points ??= scenePoints(scene, views, filter);
    return points;
  };
  if (kinds.includes("depth")) {
    for (const [i, image] of scene.images.entries()) {
      if (!image.registered) continue;
      files.push({ name: `depth/${names[i]}.png`, encode: () => encodeDepthMap(image, views[i]!) });
      files.push({ name: `confidence/${names[i]}.png`, encode: () => encodeConfidenceMap(image, views[i]!) });
    }
  }
  if (kinds.includes("ply")) {
    files.push({ name: "points.ply", encode: () => encodePointsPly(sharedPoints(), filter) });
  }
  if (kinds.includes("glb")) {
    files.push({ name: "scene.glb", encode: () => encodeGlb(scene, views, { points: sharedPoints(), encodeJpeg }) });
  }
  if (kinds.includes("report")) {
    files.push({
      name: "index.html",
      encode: async () => {
        const viewerHtml = await loadViewerHtml();
        return encodeReport(scene, views, { run, filter, warnings, encodeJpeg, viewerHtml });
      },
    });
  }
  files.push({
    name: "scene.json",
    encode: () => {
      const timings = { ...run.timings, export: (performance.now() - started) / 1000 };
      const mapNames = kinds.includes("depth") ? names : null;
      const json = sceneJson(scene, views, { run: { ...run, timings }, mapNames });
      return new TextEncoder().encode(`${JSON.stringify(json, null, 1)}\n`);
    },
  });
  return files;
}
