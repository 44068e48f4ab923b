/**
 * What can be written beside `scene.json`. `depth` includes the confidence maps; `colmap` (binary), `colmap-text` and
 * `nerfstudio` include the photos. `mesh` is one surface, `surfaces` one for each photo.
 */
export type ExportKind =
  | "depth"
  | "ply"
  | "glb"
  | "mesh"
  | "surfaces"
  | "colmap"
  | "colmap-text"
  | "nerfstudio"
  | "report";

/** Everything `writeScene` can write. */
export const EXPORT_KINDS: readonly ExportKind[] = [
  "depth",
  "ply",
  "glb",
  "mesh",
  "surfaces",
  "colmap",
  "colmap-text",
  "nerfstudio",
  "report",
];

/** What `writeScene` writes unless told otherwise. */
export const DEFAULT_EXPORT_KINDS: readonly ExportKind[] = ["depth", "ply", "glb", "colmap", "nerfstudio", "report"];
