import {
  type ExportedScene,
  type ExportKind,
  exportScene,
  InputError,
  type Reconstruction,
  reconstruct,
  removeStore,
  zipFiles,
} from "../../../src/browser/index.ts";
import { denseSceneOf, type LoadedDenseScene, loadDenseScene } from "../../../src/core/loaded-dense-scene.ts";
import type { RunOptions } from "../../../src/core/progress.ts";
import { REPORT_DATA_MARK, type ReportData } from "../../../src/export/report-data.ts";
import { scaledDense, scaledScene } from "../../../src/geometry/scaled-scene.ts";
import { pack, unpack } from "../projects/packed.ts";
import {
  DOWNLOADS,
  type DownloadKind,
  type Engine,
  type FinishedScene,
  type StoredScene,
} from "../scene/finished-scene.ts";

/** What a scene is made from and with, without the photos' files. */
interface Result extends Omit<Reconstruction, "photos" | "files" | "dense"> {
  readonly dense?: LoadedDenseScene | undefined;
}

const KINDS: Readonly<Record<DownloadKind, readonly ExportKind[]>> = {
  glb: ["glb"],
  ply: ["ply"],
  colmap: ["colmap"],
  mesh: ["mesh"],
  surfaces: ["surfaces"],
  transforms: ["nerfstudio"],
  depth: ["depth"],
  report: ["report"],
  scene: [],
};

/** Computes in this tab, in workers. */
export const tabEngine: Engine = {
  place: "on this device",
  isHere: true,
  privacy: "Your photos stay on this device. Nothing is uploaded.",
  async reconstruct(photos, { project, weights, dense, onProgress, signal }) {
    const run = { onProgress, signal };
    const made = await reconstruct(photos, {
      ...run,
      skipBroken: true,
      store: project,
      dense: dense ? "stereo" : "none",
      ...(weights && { model: weights }),
    });
    const { scene, views, warnings, run: facts, files = [] } = made;
    const result: Result = {
      scene,
      views,
      warnings,
      run: facts,
      dense: made.dense && (await loadDenseScene(made.dense)),
    };
    const exported = await exportScene({ ...made, files }, { ...run, kinds: ["report"], viewerHtml: REPORT_DATA_MARK });
    const report = fileNamed(exported, "index.html");
    const kept = files.map((file) => photos.indexOf(file as File));
    const stored = { report, result: new Blob([pack(result)]), kept };
    return sceneOf(JSON.parse(await report.text()) as ReportData, { result, photos, stored });
  },
  forget: (project) => removeStore(project),
};

/** A scene that was stored, with its project's photos as the engine was given them. */
export async function restoredScene(stored: StoredScene, photos: readonly File[]): Promise<FinishedScene> {
  const result = unpack(await stored.result.arrayBuffer()) as Result;
  return sceneOf(JSON.parse(await stored.report.text()) as ReportData, { result, photos, stored });
}

interface Parts {
  readonly result: Result;
  readonly photos: readonly File[];
  readonly stored: StoredScene;
}

function sceneOf(data: ReportData, { result, photos, stored }: Parts): FinishedScene {
  return {
    data,
    leftOut: photos.filter((_, i) => !stored.kept.includes(i)).map(({ name }) => name),
    scalable: true,
    stored,
    async download(kind, metersPerUnit, run: RunOptions) {
      const found = { scene: result.scene, dense: result.dense && denseSceneOf(result.dense) };
      const { scene, dense } = metersPerUnit === null ? found : inMeters(found, metersPerUnit);
      const files = stored.kept.map((i) => photos[i]!);
      const viewerHtml = kind === "report" ? await (await fetch("viewer.html")).text() : undefined;
      const exported = await exportScene(
        { ...result, scene, dense, files },
        { ...run, kinds: KINDS[kind], viewerHtml },
      );
      const { file } = DOWNLOADS[kind];
      return file.endsWith(".zip") ? await zipFiles(exported.files, run) : fileNamed(exported, file);
    },
  };
}

function inMeters({ scene, dense }: Pick<Reconstruction, "scene" | "dense">, metersPerUnit: number) {
  return { scene: scaledScene(scene, metersPerUnit), dense: dense && scaledDense(dense, metersPerUnit) };
}

function fileNamed({ files, warnings }: ExportedScene, name: string): Blob {
  const file = files.find((candidate) => candidate.name === name);
  if (!file) throw new InputError(warnings.at(-1) ?? `the scene has no ${name}`);
  return file.blob;
}
