import type { Intrinsics, Pose } from "../../core/camera.ts";
import { FormatError } from "../../core/errors.ts";
import type { Size } from "../../core/view.ts";
import type { PosedMap } from "../../maps/posed-map.ts";
import { readRows } from "../read-rows.ts";

/** A photo to locate. */
export interface QueryPhoto {
  /** As lists and result files call it. */
  readonly name: string;
  /** The file. */
  readonly path: string;
  /** In pixels of a photo of `size`; estimated where it is undefined. */
  readonly intrinsics: Intrinsics | undefined;
  /** The photo's own where undefined. */
  readonly size: Size | undefined;
  /** `camFromWorld`; undefined where the ground truth is not public. */
  readonly truth: Pose | undefined;
}

/** Queries and the map they are located in, in meters. */
export interface LocalizationScene {
  readonly name: string;
  readonly queries: readonly QueryPhoto[];
  /** The map, read when it is asked for. */
  readonly map: () => Promise<PosedMap>;
}

/**
 * A list of which photos of the map each query is compared with, best first: lines `query map-photo`, or
 * `query, map-photo, score` as kapture writes them.
 */
export async function readRetrievalList(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const list = new Map<string, string[]>();
  const rows = await readRows(path, "a list of lines `query map-photo`");
  for (const [i, [query, photo]] of rows.entries()) {
    if (query === undefined || photo === undefined)
      throw new FormatError(path, `entry ${i + 1}: a query and a photo are expected`);
    const photos = list.get(query) ?? [];
    if (photos.includes(photo)) throw new FormatError(path, `entry ${i + 1}: ${query} is listed with ${photo} twice`);
    list.set(query, [...photos, photo]);
  }
  return list;
}
