import type { DenseMap, DenseScene } from "./dense-scene.ts";

/** A dense scene whose maps are all in memory, without functions: it can be sent to a worker, or kept. */
export interface LoadedDenseScene extends Omit<DenseScene, "maps"> {
  /** By image; null where there is none. */
  readonly maps: readonly (DenseMap | null)[];
}

/** Loads all maps of a dense scene. */
export async function loadDenseScene({ maps, ...rest }: DenseScene): Promise<LoadedDenseScene> {
  return { ...rest, maps: await Promise.all(maps.map(async (map) => (await map?.load()) ?? null)) };
}

/** The dense scene of loaded maps. */
export function denseSceneOf({ maps, ...rest }: LoadedDenseScene): DenseScene {
  const held = maps.map((map) => map && { width: map.width, height: map.height, load: async () => map });
  return { ...rest, maps: held.map((map) => map ?? undefined) };
}
