import type { Random } from "../core/random.ts";
import type { Furnishing } from "./photos/furnishing.ts";
import type { SceneDescription } from "./scene-model.ts";
import type { Walk } from "./shot.ts";
import type { Vec3 } from "./vec3.ts";

/** A described scene and where a photographer may stand in it. */
export interface SceneLayout extends SceneDescription {
  /** Corners of the box that cameras stay in; whether the spot is free is checked later. */
  readonly region: { readonly min: Vec3; readonly max: Vec3 };
  /** Height of the ground, from which the heights in `region` count; 0 everywhere where left out. */
  readonly ground?: (x: number, y: number) => number;
  /** Targets for cameras. */
  readonly targets: readonly Vec3[];
  /** The photographer's way for `count` photos; drawn from region and targets where left out. */
  readonly walk?: (random: Random, count: number) => Walk;
  /** What is nearer, in meters, is in the camera's way; 0.35 where left out. */
  readonly nearest?: number;
  /** Share of a photo that shows something with depth at least; 0.35 where left out. */
  readonly leastCovered?: number;
}

/** Options of every scene layout. */
export interface LayoutOptions {
  /** Pieces to furnish with besides the drawn ones. */
  readonly models?: readonly Furnishing[];
  /** Tessellation: 1 suits pictures up to about 200 pixels wide. */
  readonly detail: number;
}
