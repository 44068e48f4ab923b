import type { AlignMethod } from "../alignment/align-options.ts";
import type { AlignmentWarning, Scene } from "../core/scene.ts";
import { sha256 } from "../core/sha256.ts";
import type { View, ViewPair } from "../core/view.ts";
import { worldOfFirstCamera } from "./world-of-first-camera.ts";

/**
 * An order of views that does not depend on the one in which they were given: sums, ties and seeds do depend on order, and where the
 * evidence is weak they decide. All work is done in this order, and what comes of it is put back.
 */
export interface CanonicalOrder {
  /** Index of the view at each place. */
  readonly views: readonly number[];
  /** Place of each view. */
  readonly places: readonly number[];
}

/** The order of work on views: by what they show, those that show the same by their names. */
export async function workingOrder(views: readonly View[], method: AlignMethod): Promise<CanonicalOrder> {
  // Views that are not aligned are worlds of their own; the first is the scene.
  if (method === "none") return { views: [...views.keys()], places: [...views.keys()] };
  const keys: string[] = [];
  for (const { name, rgb } of views) keys.push(`${await sha256(rgb as Uint8Array<ArrayBuffer>)} ${name}`);
  const order = [...views.keys()].sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : a - b));
  const places: number[] = [];
  for (const [place, view] of order.entries()) places[view] = place;
  return { views: order, places };
}

/** The items of views in canonical order. */
export function inOrder<T>(items: readonly T[], { views }: CanonicalOrder): T[] {
  return views.map((view) => items[view]!);
}

/** Pairs of views, each with the places of its views and sorted by them. */
export function orderedPairs(pairs: readonly ViewPair[], { places }: CanonicalOrder): ViewPair[] {
  const renamed = pairs.map(({ view1, view2 }) => ({ view1: places[view1]!, view2: places[view2]! }));
  return renamed.sort((a, b) => a.view1 - b.view1 || a.view2 - b.view2);
}

/**
 * A scene of views in canonical order as that of the views as they were given: the world is the first camera's, unless poses were
 * `posed`; pairs are in the order of `pairs`.
 */
export function givenOrder(
  scene: Scene,
  { views, places }: CanonicalOrder,
  { pairs, posed }: { readonly pairs: readonly ViewPair[]; readonly posed: boolean },
): Scene {
  const numbers = new Map<number, number>([[0, 0]]);
  const firstOfCamera = new Map<number, number>();
  const images = places.map((place, view) => {
    const { component, camera = place, ...image } = scene.images[place]!;
    if (component !== undefined && !numbers.has(component)) numbers.set(component, numbers.size);
    if (!firstOfCamera.has(camera)) firstOfCamera.set(camera, view);
    return {
      ...image,
      component: component === undefined ? undefined : numbers.get(component)!,
      camera: firstOfCamera.get(camera)!,
    };
  });
  const byViews = new Map(scene.pairs.map((pair) => [`${views[pair.image1]} ${views[pair.image2]}`, pair]));
  const restored: Scene = {
    ...scene,
    images,
    pairs: pairs.flatMap(({ view1, view2 }) => {
      const pair = byViews.get(`${view1} ${view2}`);
      return pair === undefined ? [] : { ...pair, image1: view1, image2: view2 };
    }),
    warnings: scene.warnings?.map((warning) => ofView(warning, views)),
    tracks: scene.tracks && { ...scene.tracks, images: scene.tracks.images.map((place) => views[place]!) },
    refinement: scene.refinement && {
      ...scene.refinement,
      rotations: scene.refinement.rotations.map(([a, b]) => [views[a]!, views[b]!] as const),
      contradicted: scene.refinement.contradicted.map(({ image1, image2, ...angles }) => {
        return { image1: views[image1]!, image2: views[image2]!, ...angles };
      }),
      verifiedImages: scene.refinement.verifiedImages.map((place) => views[place]!).sort((a, b) => a - b),
      loose: scene.refinement.loose.map(({ images: members, hinge }) => {
        return { images: members.map((place) => views[place]!).sort((a, b) => a - b), hinge: views[hinge]! };
      }),
      lenses: scene.refinement.lenses
        .map(({ image, lens }) => ({ image: views[image]!, lens }))
        .sort((a, b) => a.image - b.image),
    },
  };
  return worldOfFirstCamera(restored, { posed });
}

function ofView(warning: AlignmentWarning, views: readonly number[]): AlignmentWarning {
  if ("image1" in warning) return { ...warning, image1: views[warning.image1]!, image2: views[warning.image2]! };
  return "image" in warning ? { ...warning, image: views[warning.image]! } : warning;
}
