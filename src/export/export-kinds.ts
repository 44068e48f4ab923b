/** What can be written beside `scene.json`. `depth` includes the confidence maps. */
export type ExportKind = "glb" | "ply" | "depth" | "report";

/** Everything `writeScene` can write. */
export const EXPORT_KINDS: readonly ExportKind[] = ["glb", "ply", "depth", "report"];
