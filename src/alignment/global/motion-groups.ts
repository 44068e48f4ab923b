import type { ViewPair } from "../../core/view.ts";
import type { Constraints } from "./constraints.ts";
import { cameraOffset, edgeOffset, WORLD_CAMERA_DOF, WORLD_EDGE_DOF, type World } from "./world.ts";

/** Images of a group, at most: few enough that a walk of groups bends as one of images does. */
const LARGEST_GROUP = 8;

/** Parameters of a group's motion: translation (3), rotation vector (3) and logarithm of the scale, about its center. */
export const MOTION_DOF = 7;
/** Where among them the logarithm of the scale is. */
export const MOTION_SCALE = 6;

/** Which images and pairs move together. */
export interface MotionGroups {
  readonly count: number;
  /** By image, its group. */
  readonly ofImage: Int32Array;
  /** By pair, the group of its view 1. */
  readonly ofEdge: Int32Array;
}

/** Groups of images that pairs connect, each breadth first from the first image that is in none. */
export function motionGroups(images: number, pairs: readonly Pick<ViewPair, "view1" | "view2">[]): MotionGroups {
  const neighbors = Array.from({ length: images }, (): number[] => []);
  for (const { view1, view2 } of pairs) {
    neighbors[view1]!.push(view2);
    neighbors[view2]!.push(view1);
  }
  const ofImage = new Int32Array(images).fill(-1);
  let count = 0;
  for (let first = 0; first < images; first++) {
    if (ofImage[first]! >= 0) continue;
    const group = new Set([first]);
    // Iterating over a set visits what is added on the way: breadth first.
    for (const image of group) {
      for (const next of neighbors[image]!) if (ofImage[next]! < 0 && group.size < LARGEST_GROUP) group.add(next);
    }
    for (const image of group) ofImage[image] = count;
    count++;
  }
  return { count, ofImage, ofEdge: Int32Array.from(pairs, ({ view1 }) => ofImage[view1]!) };
}

/** How the parameters of a camera or of a pair change with the motion of its group. */
export interface Follower {
  readonly group: number;
  /** Where its parameters begin among all, and how many it has. */
  readonly offset: number;
  readonly dof: number;
  /** `[dof, MOTION_DOF]`; rows of 0 where a parameter is held. */
  readonly byMotion: Float64Array;
}

/** The motions of all groups. */
export interface GroupMotions {
  readonly groups: number;
  /** All cameras, then all pairs. */
  readonly followers: readonly Follower[];
}

/** How the cameras and pairs of a world follow their groups. */
export function groupMotions(world: World, groups: MotionGroups, { frozen, directed }: Constraints): GroupMotions {
  const { cameras, edges } = world;
  const centers = groupCenters(world, groups);
  const held = new Set(directed.flatMap(({ parameters }) => parameters));
  const follower = (group: number, offset: number, dof: number, place: readonly number[]): Follower => {
    const [x, y, z] = [0, 1, 2].map((k) => place[k]! - centers[3 * group + k]!) as [number, number, number];
    const byMotion = new Float64Array(dof * MOTION_DOF);
    // Translation and scale move the place, and so does the rotation vector's cross product with it.
    byMotion.set([1, 0, 0, 0, z, -y, x], 0);
    byMotion.set([0, 1, 0, -z, 0, x, y], MOTION_DOF);
    byMotion.set([0, 0, 1, y, -x, 0, z], 2 * MOTION_DOF);
    for (let k = 3; k < 6; k++) byMotion[k * MOTION_DOF + k] = 1;
    if (dof === WORLD_EDGE_DOF) byMotion[MOTION_SCALE * MOTION_DOF + MOTION_SCALE] = 1;
    for (let row = 0; row < dof; row++) {
      if (frozen[offset + row] || held.has(offset + row)) byMotion.fill(0, row * MOTION_DOF, (row + 1) * MOTION_DOF);
    }
    return { group, offset, dof, byMotion };
  };
  const ofCameras = cameras.map(({ center }, i) =>
    follower(groups.ofImage[i]!, cameraOffset(i), WORLD_CAMERA_DOF, center),
  );
  const ofEdges = edges.map(({ translation }, e) =>
    follower(groups.ofEdge[e]!, edgeOffset(cameras.length, e), WORLD_EDGE_DOF, translation),
  );
  return { groups: groups.count, followers: [...ofCameras, ...ofEdges] };
}

/** `[groups, 3]` */
function groupCenters({ cameras }: World, { count, ofImage }: MotionGroups): Float64Array {
  const centers = new Float64Array(3 * count);
  const sizes = new Int32Array(count);
  cameras.forEach(({ center }, i) => {
    const group = ofImage[i]!;
    sizes[group]!++;
    for (let k = 0; k < 3; k++) centers[3 * group + k]! += center[k]!;
  });
  return centers.map((sum, at) => sum / sizes[Math.floor(at / 3)]!);
}
