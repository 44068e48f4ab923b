import type { Intrinsics, Pose } from "../../core/camera.ts";
import type { ImagePlane } from "../../core/image-plane.ts";
import { unorderedPairKey } from "../../core/unordered-pair.ts";
import type { RelativeSimilarity } from "./average-similarities.ts";
import type { FocalPrior } from "./focal-priors.ts";
import type { ImageFrame } from "./image-frames.ts";
import type { WeightedPair } from "./observation.ts";

/** One image among those that are aligned together. */
export interface GroupImage {
  /** Its index among all images. */
  readonly index: number;
  readonly size: ImagePlane;
  readonly frame: ImageFrame;
  /** Whether the network is confident of it. */
  readonly isConfident: boolean;
  /** What is known beforehand. */
  readonly intrinsics: Intrinsics | undefined;
  readonly focalPrior: FocalPrior | undefined;
  readonly worldFromCam: Pose | undefined;
  /** Images of equal number are of one camera. */
  readonly camera: number;
}

/** Images that pairs connect. Pairs and measurements (one for each pair) name images by their place in the group. */
export interface Group {
  readonly images: readonly GroupImage[];
  readonly pairs: readonly WeightedPair[];
  readonly measurements: readonly RelativeSimilarity[];
}

/** The places in a group of the images that share a focal length which is still to be found, camera by camera. */
export function sharingImages(images: readonly GroupImage[]): readonly (readonly number[])[] {
  const byCamera = new Map<number, number[]>();
  for (const [place, { intrinsics, camera }] of images.entries()) {
    if (intrinsics === undefined) byCamera.set(camera, [...(byCamera.get(camera) ?? []), place]);
  }
  return [...byCamera.values()];
}

/** Some images of a group and the pairs among them. */
export function subgroup({ images, pairs, measurements }: Group, chosen: readonly number[]): Group {
  const places = new Map(chosen.map((image, place) => [image, place]));
  const inside = pairs.map(({ view1, view2 }) => places.has(view1) && places.has(view2));
  const renamed = <Edge extends { readonly view1: number; readonly view2: number }>(edges: readonly Edge[]) =>
    edges
      .filter((_, k) => inside[k])
      .map((edge) => ({ ...edge, view1: places.get(edge.view1)!, view2: places.get(edge.view2)! }));
  return { images: chosen.map((i) => images[i]!), pairs: renamed(pairs), measurements: renamed(measurements) };
}

/** A group without the pairs between some of its images, `[first, second]` each, in either direction. */
export function withoutPairs(group: Group, left: readonly (readonly [number, number])[]): Group {
  const keys = new Set(left.map(([first, second]) => unorderedPairKey(first, second)));
  const isKept = ({ view1, view2 }: Pick<RelativeSimilarity, "view1" | "view2">) =>
    !keys.has(unorderedPairKey(view1, view2));
  return { ...group, pairs: group.pairs.filter(isKept), measurements: group.measurements.filter(isKept) };
}
