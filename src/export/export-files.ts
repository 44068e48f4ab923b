import type { AnswerStatus } from "../core/answer-status.ts";
import type { DenseScene } from "../core/dense-scene.ts";
import type { Scene, SceneImage } from "../core/scene.ts";
import type { TrackPoints } from "../core/track-points.ts";
import type { TrackSummary } from "../core/track-summary.ts";
import type { View } from "../core/view.ts";
import type { ColmapModel } from "../formats/colmap/model.ts";
import type { Deflate } from "../formats/png16.ts";
import type { ColoredMesh } from "../meshing/simplify-mesh.ts";
import type { SceneJson } from "../scene-file/scene-format.ts";
import { type ImageMaps, type RunFacts, sceneJson } from "../scene-file/scene-json.ts";
import { colmapBinaryFiles, colmapModel, colmapTextFiles } from "./colmap.ts";
import { componentScenes } from "./component-scenes.ts";
import { atDenseSize, encodeSourceMap } from "./dense-maps.ts";
import { encodeConfidenceMap, encodeDepthMap, imageMaps } from "./depth-maps.ts";
import { type ExportFile, once, textFile } from "./export-file.ts";
import { EXPORT_KINDS, type ExportKind } from "./export-kinds.ts";
import { encodeGlb } from "./glb.ts";
import { encodeMeshGlb } from "./mesh-glb.ts";
import type { LoadPicture } from "./mesh-photos.ts";
import { transformsJson } from "./nerfstudio.ts";
import { outputNames, photoFileNames } from "./output-names.ts";
import { type LoadPhoto, photoFormat } from "./photo-files.ts";
import { encodeFusedPly, encodePointsPly } from "./ply.ts";
import type { PointFilter } from "./point-filter.ts";
import { chosenFused, chosenPoints, evenOrder, pickedPoints } from "./point-order.ts";
import { encodeReport } from "./report.ts";
import { pointsOfFused, type ScenePoints, scenePoints } from "./scene-points.ts";
import { encodeSplatInit } from "./splat-init.ts";
import { encodeSurfacesGlb, hasSurface } from "./surfaces-glb.ts";
import type { LoadPreview, LoadTexture } from "./texture.ts";
import { sceneTracks } from "./tracks/scene-tracks.ts";
import type { EncodeJpeg } from "./view-pixels.ts";

/** Everything that files are made from. */
export interface ExportParts {
  readonly scene: Scene;
  readonly views: readonly View[];
  readonly dense: DenseScene | undefined;
  /** The scene's surface, where it is asked for and there is one. */
  readonly mesh: ColoredMesh | undefined;
  readonly kinds: readonly ExportKind[];
  readonly filter: PointFilter;
  /** Points of files of points, at most. */
  readonly mostPoints: number | undefined;
  readonly tracks: TrackPoints;
  readonly trackSummary: TrackSummary;
  readonly status: AnswerStatus;
  readonly warnings: readonly string[];
  readonly run: RunFacts;
  readonly encodeJpeg: EncodeJpeg;
  readonly loadViewerHtml: () => Promise<string>;
  readonly loadPhoto: LoadPhoto | undefined;
  readonly loadTexture: LoadTexture;
  readonly loadPreview: LoadPreview | undefined;
  readonly loadPicture: LoadPicture | undefined;
  readonly deflate: Deflate | undefined;
}

/** COLMAP's usual layout below this folder, with the photos beside the model: what trainers of splats take as it is. */
const COLMAP = "colmap";
const SPARSE = `${COLMAP}/sparse`;
/** Some trainers look for a PLY file of this name first. */
const SPLAT_INIT = "init.ply";
const KINDS_WITH_PHOTOS: readonly ExportKind[] = ["colmap", "colmap-text", "nerfstudio"];

/** A scene as files. */
export interface ExportFiles {
  /** Those of all kinds asked for, and `scene.json` last. */
  readonly files: readonly ExportFile[];
  /** The content of `scene.json`; final when that file is made. */
  readonly description: () => Promise<SceneJson>;
}

/** What a scene is written as. */
export function exportFiles(parts: ExportParts): ExportFiles {
  const { scene, views, filter } = parts;
  const { mostPoints = Number.POSITIVE_INFINITY } = parts;
  const all = parts.dense?.points;
  const isFused = all !== undefined && all.photos.length > 0;
  const fused = once(() => chosenFused(all!, mostPoints));
  const points = once(() =>
    isFused ? pointsOfFused(fused()) : chosenPoints(scenePoints(scene, views, filter), mostPoints),
  );
  const splatInit = (name: string): ExportFile => ({ name, encode: () => encodeSplatInit(points()) });
  const files: Readonly<Record<ExportKind, () => readonly ExportFile[]>> = {
    depth: () => mapFiles(parts),
    ply: () => [
      { name: "points.ply", encode: () => (isFused ? encodeFusedPly(fused()) : encodePointsPly(points(), filter)) },
    ],
    glb: () => [{ name: "scene.glb", encode: () => glb(parts, inEvenOrder(points())) }],
    mesh: () => (parts.mesh ? [{ name: "mesh.glb", encode: () => encodeMeshGlb(parts.mesh!) }] : []),
    surfaces: () => (hasSurface(parts.scene, parts.filter) ? [surfacesFile(parts)] : []),
    colmap: () => [...modelFiles(parts, colmapBinaryFiles), splatInit(`${SPARSE}/0/points3D.ply`)],
    "colmap-text": () => [...modelFiles(parts, colmapTextFiles), splatInit(`${SPARSE}/0/points3D.ply`)],
    nerfstudio: () => [transformsFile(parts), splatInit(SPLAT_INIT)],
    report: () => [reportFile(parts)],
  };
  const chosen = EXPORT_KINDS.filter((kind) => parts.kinds.includes(kind)).flatMap((kind) => files[kind]());
  // Two kinds may ask for the same file.
  const byName = new Map([...chosen, ...photoFiles(parts)].map((file) => [file.name, file]));
  const description = describeScene(parts);
  return { files: [...byName.values(), textFile("scene.json", async () => json(await description()))], description };
}

function mapFiles({ scene, views, dense, deflate }: ExportParts): readonly ExportFile[] {
  const names = outputNames(views);
  return registered(scene).flatMap(([i, image]) => {
    const [view, map] = [views[i]!, dense?.maps[i]];
    const encodeDepth = async () => {
      const depth = map === undefined ? { image, view } : atDenseSize(image, view, await map.load());
      return await encodeDepthMap(depth.image, depth.view, deflate);
    };
    const files: ExportFile[] = [
      { name: `depth/${names[i]}.png`, encode: encodeDepth },
      { name: `confidence/${names[i]}.png`, encode: () => encodeConfidenceMap(image, view, deflate) },
    ];
    if (map === undefined) return files;
    const encodeSource = async () => encodeSourceMap(await map.load(), view, deflate);
    return [...files, { name: `source/${names[i]}.png`, encode: encodeSource }];
  });
}

/** So that a viewer may draw as many as it can, from the first. */
function inEvenOrder(points: ScenePoints): ScenePoints {
  return pickedPoints(points, evenOrder(points.confidences.length));
}

function glb({ scene, views, loadTexture }: ExportParts, points: ScenePoints): Promise<Uint8Array> {
  return encodeGlb(scene, views, { points, loadTexture });
}

function surfacesFile(parts: ExportParts): ExportFile {
  return { name: "surfaces.glb", encode: () => encodeSurfacesGlb(parts.scene, parts.views, parts) };
}

/** COLMAP's way with photos that do not connect: a model for each component, numbered from 0, which is the scene. */
function modelFiles(
  { scene, views, tracks, filter }: ExportParts,
  filesOf: (model: () => ColmapModel) => readonly ExportFile[],
): readonly ExportFile[] {
  const photoNames = photoFileNames(views);
  return componentScenes(scene).flatMap((component, i) => {
    const model = once(() => {
      const own = component === scene ? tracks : sceneTracks(component, filter.minConfidence);
      return colmapModel(component, views, { tracks: own, photoNames });
    });
    return filesOf(model).map((file) => ({ ...file, name: `${SPARSE}/${i}/${file.name}` }));
  });
}

function transformsFile(parts: ExportParts): ExportFile {
  const { scene, views } = parts;
  const photos = photoFileNames(views).map((name) => `${photoFolder(parts)}/${name}`);
  return textFile("transforms.json", () => json(transformsJson(scene, views, { photos, ply: SPLAT_INIT })));
}

/** Copies of the photos that a kind needs, when the caller has them; only COLMAP's models have more than the scene's own. */
function photoFiles(parts: ExportParts): readonly ExportFile[] {
  const { scene, views, kinds, loadPhoto } = parts;
  if (loadPhoto === undefined || !KINDS_WITH_PHOTOS.some((kind) => kinds.includes(kind))) return [];
  const names = photoFileNames(views);
  const used = holdsModels(kinds) ? componentScenes(scene).flatMap(registered) : registered(scene);
  return used.map(([i]) => {
    return { name: `${photoFolder(parts)}/${names[i]}`, encode: () => loadPhoto(i, photoFormat(views[i]!.name)) };
  });
}

function photoFolder({ kinds }: ExportParts): string {
  return holdsModels(kinds) ? `${COLMAP}/images` : "images";
}

function holdsModels(kinds: readonly ExportKind[]): boolean {
  return kinds.includes("colmap") || kinds.includes("colmap-text");
}

function reportFile({ scene, views, loadViewerHtml, ...options }: ExportParts): ExportFile {
  return {
    name: "index.html",
    encode: async () => encodeReport(scene, views, { ...options, viewerHtml: await loadViewerHtml() }),
  };
}

/** Made once, at the first call: until then, time counts as that of the export. */
function describeScene(parts: ExportParts): () => Promise<SceneJson> {
  const { scene, views, dense, kinds, run, trackSummary, status, warnings, filter } = parts;
  const started = performance.now();
  return once(async () => {
    const names = outputNames(views);
    const maps: ImageMaps[] = [];
    if (kinds.includes("depth")) {
      for (const [i, image] of scene.images.entries())
        maps.push(imageMaps(image, names[i]!, await dense?.maps[i]?.load()));
    }
    const timings = { ...run.timings, export: (performance.now() - started) / 1000 };
    const { minConfidence } = filter;
    return sceneJson(scene, views, {
      run: { ...run, timings },
      maps: kinds.includes("depth") ? maps : null,
      trackSummary,
      status,
      warnings,
      minConfidence,
    });
  });
}

function registered({ images }: Scene): readonly (readonly [index: number, image: SceneImage])[] {
  return [...images.entries()].filter(([, image]) => image.registered);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
