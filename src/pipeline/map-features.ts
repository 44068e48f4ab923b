import type { RunOptions } from "../core/progress.ts";
import type { View } from "../core/view.ts";
import { FEATURE_DEFAULTS } from "../features/detect-features.ts";
import type { Features } from "../features/features.ts";
import type { Vector3 } from "../geometry/mat3.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { depthsOf, invertRigid } from "../geometry/pose.ts";
import type { PairMemory } from "../refinement/pair-memory.ts";
import type { PosedPhoto } from "../refinement/posed-photo.ts";
import type { VerifiedPair } from "../refinement/verify-pairs.ts";
import type { EncodedMap, PlacedMapPhoto } from "./encoded-map.ts";
import { photoFeatures } from "./stored-features.ts";

/** A photo of a map with its features. Its camera stays as it is. */
export interface MapPhotoFeatures {
  readonly photo: PosedPhoto;
  /** The point of the world that the map has at a pixel; undefined where it has none. */
  readonly pointAt: (x: number, y: number) => Vector3 | undefined;
}

/** Photos whose features stay in memory: about a megabyte each. */
const KEPT = 64;

/** The features of a map's photos, found when they are needed; the last ones stay in memory. */
export class MapFeatures {
  readonly map: EncodedMap;
  /** Longest side, in pixels, at which photos are looked at. */
  readonly featureSize: number;
  /** Least recently used first. */
  readonly #known = new Map<number, MapPhotoFeatures>();
  readonly #pairs = new Map<string, VerifiedPair | null>();

  constructor(map: EncodedMap, featureSize: number = FEATURE_DEFAULTS.featureSize) {
    this.map = map;
    this.featureSize = featureSize;
  }

  /** Of photos of the map, by their indices in it. */
  async of(indices: readonly number[], { signal }: RunOptions): Promise<readonly MapPhotoFeatures[]> {
    const places: PlacedMapPhoto[] = [];
    for (const index of indices) places.push(await this.map.place(index));
    const missing = indices.flatMap((index, k) => (this.#known.has(index) ? [] : [k]));
    const found = await photoFeatures(
      missing.map((k) => ({ view: places[k]!.view, file: places[k]!.path })),
      { featureSize: this.featureSize, signal },
    );
    for (const [n, k] of missing.entries()) {
      this.#known.set(indices[k]!, this.#withFeatures(places[k]!, found[n]!, indices[k]!));
    }
    const answer = indices.map((index) => {
      const known = this.#known.get(index)!;
      this.#known.delete(index);
      this.#known.set(index, known);
      return known;
    });
    while (this.#known.size > KEPT) this.#known.delete(this.#known.keys().next().value!);
    return answer;
  }

  /** Pairs of the map's photos that were verified, for lists of photos in which `indices[k]` is number 1 + k. */
  memory(indices: readonly number[]): PairMemory {
    const keyOf = (photo1: number, photo2: number) => `${indices[photo1 - 1]} ${indices[photo2 - 1]}`;
    return {
      recall: async (photo1, photo2) => {
        const known = this.#pairs.get(keyOf(photo1, photo2));
        return known && { ...known, photo1, photo2 };
      },
      keep: async (photo1, photo2, found) => {
        this.#pairs.set(keyOf(photo1, photo2), found);
      },
    };
  }

  #withFeatures({ view, mapView }: PlacedMapPhoto, features: Features, index: number): MapPhotoFeatures {
    const { original, originalFromNetwork } = view;
    const intrinsics = originalIntrinsics(mapView.intrinsics, originalFromNetwork);
    const depths = depthsOf(invertRigid(mapView.worldFromCam), mapView.worldPoints);
    const photo: PosedPhoto = {
      features,
      intrinsics,
      focal: { focal: Math.sqrt(intrinsics.fx * intrinsics.fy), logSigma: 0 },
      // The query's own is 0.
      camera: 1 + index,
      worldFromCam: mapView.worldFromCam,
      component: 0,
      isFixed: true,
      isStraight: true,
      cameraIsGuessed: false,
      depthAt(x, y) {
        const depth = depths[networkPixel(view, x, y) ?? -1] ?? Number.NaN;
        return depth > 0 ? depth : 0;
      },
      noise: Math.max(1, Math.max(original.width, original.height) / this.featureSize),
    };
    const pointAt = (x: number, y: number): Vector3 | undefined => {
      const pixel = networkPixel(view, x, y);
      if (pixel === undefined || !Number.isFinite(mapView.worldPoints[3 * pixel])) return undefined;
      return [
        mapView.worldPoints[3 * pixel]!,
        mapView.worldPoints[3 * pixel + 1]!,
        mapView.worldPoints[3 * pixel + 2]!,
      ];
    };
    return { photo, pointAt };
  }
}

/** The network pixel nearest to one of the original; undefined outside. */
function networkPixel(
  { width, height, originalFromNetwork: { scaleX, scaleY, offsetX, offsetY } }: Omit<View, "rgb">,
  x: number,
  y: number,
): number | undefined {
  const [column, row] = [Math.round((x - offsetX) / scaleX), Math.round((y - offsetY) / scaleY)];
  return column >= 0 && row >= 0 && column < width && row < height ? row * width + column : undefined;
}
