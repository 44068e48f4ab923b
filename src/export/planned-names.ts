import type { View } from "../core/view.ts";
import type { ExportKind } from "./export-kinds.ts";
import { outputNames, photoFileNames } from "./output-names.ts";

/** The files that come with a kind, however many photos there are; the first shows that a scene was written with it. */
export const FILES_OF_KIND: Readonly<Record<ExportKind, readonly string[]>> = {
  depth: [],
  ply: ["points.ply"],
  glb: ["scene.glb"],
  mesh: ["mesh.glb"],
  surfaces: ["surfaces.glb"],
  colmap: ["cameras.bin", "images.bin", "points3D.bin", "points3D.ply"].map((name) => `colmap/sparse/0/${name}`),
  "colmap-text": ["cameras.txt", "images.txt", "points3D.txt", "points3D.ply"].map((name) => `colmap/sparse/0/${name}`),
  nerfstudio: ["transforms.json", "init.ply"],
  report: ["index.html"],
};

/** The names of the files that a scene of these photos is written to where all of them are registered: known beforehand. */
export function plannedNames(
  photos: readonly Pick<View, "name">[],
  kinds: readonly ExportKind[],
  isDense = false,
): readonly string[] {
  const maps = kinds.includes("depth")
    ? outputNames(photos).flatMap((name) => [
        `depth/${name}.png`,
        `confidence/${name}.png`,
        ...(isDense ? [`source/${name}.png`] : []),
      ])
    : [];
  const holdsModels = kinds.includes("colmap") || kinds.includes("colmap-text");
  const folder = holdsModels ? "colmap/images" : kinds.includes("nerfstudio") ? "images" : undefined;
  const copies = folder === undefined ? [] : photoFileNames(photos).map((name) => `${folder}/${name}`);
  return [...new Set([...kinds.flatMap((kind) => FILES_OF_KIND[kind]), ...maps, ...copies, "scene.json"])];
}
