import { type Measurements, NO_MEASUREMENTS } from "../../src/viewer/measurement.ts";
import type { TrayPhoto } from "./photos/tray-photo.ts";

/** What can be undone: the tray, and what was measured in the scene. */
export interface Draft {
  readonly photos: readonly TrayPhoto[];
  readonly measurements: Measurements;
}

/** Nothing yet. */
export const EMPTY_DRAFT: Draft = { photos: [], measurements: NO_MEASUREMENTS };
