import { type DenseScene, FROM_STEREO } from "../core/dense-scene.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { Scene } from "../core/scene.ts";
import type { Size, View } from "../core/view.ts";
import {
  inverseMapping,
  joinedMapping,
  networkIntrinsics,
  originalIntrinsics,
  resizedMapping,
} from "../geometry/pixel-mapping.ts";
import type { MeshPicture } from "../meshing/fuse-mesh.ts";
import type { MeshDepth } from "../meshing/photo-surface.ts";
import type { PointFilter } from "./point-filter.ts";
import { viewPixels } from "./view-pixels.ts";

/** Gives a photo, upright and with straight lines, at this size. Only the platform knows where photos are. */
export type LoadPicture = (image: number, size: Size) => Promise<RgbImage>;

/** What the network's depth counts beside measured depth. */
const TRUST_IN_NETWORK = 0.1;

/** What a mesh is made from. */
export interface MeshParts {
  readonly scene: Scene;
  readonly views: readonly View[];
  readonly dense: DenseScene | undefined;
  readonly filter: PointFilter;
  readonly loadPicture: LoadPicture | undefined;
}

/** A registered image's depth as a mesh is made from it: measured where it is, the network's where that passes the filter. */
export async function meshDepth({ scene, views, dense, filter }: MeshParts, index: number): Promise<MeshDepth> {
  const [image, view, map] = [scene.images[index]!, views[index]!, await dense?.maps[index]?.load()];
  const { width, height, worldFromCam, confidence } = image;
  const isConfident = (pixel: number) => confidence[pixel]! >= filter.minConfidence;
  const trustInNetwork = dense && dense.points.photos.length > 0 ? TRUST_IN_NETWORK : 1;
  if (map === undefined) {
    const depth = image.depth.map((z, pixel) => (isConfident(pixel) ? z : 0));
    return { width, height, intrinsics: image.intrinsics, worldFromCam, depth, trust: depth.map(() => trustInNetwork) };
  }
  const toOriginal = resizedMapping(map, view.original);
  const { scaleX, scaleY, offsetX, offsetY } = joinedMapping(toOriginal, inverseMapping(view.originalFromNetwork));
  const depth = new Float32Array(map.depth.length);
  const trust = new Float32Array(map.depth.length);
  for (let y = 0, i = 0; y < map.height; y++) {
    const row = Math.max(0, Math.min(height - 1, Math.round(scaleY * y + offsetY)));
    for (let x = 0; x < map.width; x++, i++) {
      const column = Math.max(0, Math.min(width - 1, Math.round(scaleX * x + offsetX)));
      const measured = map.source[i] === FROM_STEREO;
      if (measured || isConfident(row * width + column)) depth[i] = map.depth[i]!;
      trust[i] = measured ? 1 : trustInNetwork;
    }
  }
  const original = originalIntrinsics(image.intrinsics, view.originalFromNetwork);
  const intrinsics = networkIntrinsics(original, toOriginal);
  return { width: map.width, height: map.height, intrinsics, worldFromCam, depth, trust };
}

/** The colors for `meshDepth`: the photo where it is at hand and depth is as fine, what the network saw of it otherwise. */
export async function meshPicture({ views, dense, loadPicture }: MeshParts, index: number): Promise<MeshPicture> {
  const [view, map] = [views[index]!, dense?.maps[index]];
  if (map !== undefined && loadPicture !== undefined) {
    const picture = await loadPicture(index, { width: map.width, height: map.height });
    return { picture, pictureFromDepth: resizedMapping(map, picture) };
  }
  const picture = viewPixels(view);
  if (map === undefined) return { picture, pictureFromDepth: resizedMapping(picture, picture) };
  const toOriginal = resizedMapping(map, view.original);
  return { picture, pictureFromDepth: joinedMapping(toOriginal, inverseMapping(view.originalFromNetwork)) };
}
