import type { Vec3 } from "./vec3.ts";

/** How a photo is taken; the camera's part is the photographer's custom where left out. */
export interface Shot {
  /** Where, its height above the ground. */
  readonly eye: Vec3;
  readonly target: Vec3;
  /** Over the long side of the photo. */
  readonly focal?: number;
  /** Of the principal point from the middle, in shares of width and height. */
  readonly shift?: readonly [number, number];
  /** Radians around the axis. */
  readonly roll?: number;
}

/** A way to walk around a scene: tries for its photo number `view`. */
export type Walk = (view: number) => Shot;
