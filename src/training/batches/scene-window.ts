import type { RgbdScene } from "../../rgbd/rgbd-view.ts";

/** How fast the scenes that batches draw from change. */
export interface WindowSettings {
  /** Scenes that a batch draws from. */
  readonly scenes: number;
  /** Scenes replaced from one batch to the next. */
  readonly fresh: number;
}

/**
 * The scenes of each batch: a window of an endless series that moves on with the batch's number. Scenes inside the
 * window are kept; which they are depends on the number alone, whatever was asked for before.
 */
export function movingScenes(
  { scenes, fresh }: WindowSettings,
  sceneAt: (index: number) => Promise<RgbdScene>,
): (batch: number) => Promise<readonly RgbdScene[]> {
  const kept = new Map<number, RgbdScene>();
  return async (batch) => {
    const first = Math.floor(batch * fresh);
    for (const index of kept.keys()) {
      if (index < first || index >= first + scenes) kept.delete(index);
    }
    const found: RgbdScene[] = [];
    for (let index = first; index < first + scenes; index++) {
      const scene = kept.get(index) ?? (await sceneAt(index));
      kept.set(index, scene);
      found.push(scene);
    }
    return found;
  };
}
