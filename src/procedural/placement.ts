import { add, scale, type Vec3 } from "./vec3.ts";

/** Where an object stands: columns of its axes in the world, times its size, and its origin. */
export interface Placement {
  readonly axes: readonly [Vec3, Vec3, Vec3];
  readonly origin: Vec3;
}

/** An upright placement at `origin`, turned by `yaw` radians about z, its axes of length `size` (one or one each). */
export function upright(origin: Vec3, yaw = 0, size: number | Vec3 = 1): Placement {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const [x, y, z] = typeof size === "number" ? [size, size, size] : size;
  return { origin, axes: [scale([c, s, 0], x), scale([-s, c, 0], y), [0, 0, z]] };
}

/** The world point of a local one. */
export function placePoint({ axes, origin }: Placement, [x, y, z]: Vec3): Vec3 {
  return add(origin, add(scale(axes[0], x), add(scale(axes[1], y), scale(axes[2], z))));
}

/** The placement of something at `point` in the frame of `outer`, with its axes. */
export function shifted(outer: Placement, point: Vec3): Placement {
  return { axes: outer.axes, origin: placePoint(outer, point) };
}
