import type { SceneDescription } from "./scene-model.ts";
import type { Vec3 } from "./vec3.ts";

/** A described scene and where a photographer may stand in it. */
export interface SceneLayout extends SceneDescription {
  /** Corners of the box that cameras stay in; whether the spot is free is checked later. */
  readonly region: { readonly min: Vec3; readonly max: Vec3 };
  /** Height of the ground, from which the heights in `region` count; 0 everywhere where left out. */
  readonly ground?: (x: number, y: number) => number;
  /** Targets for cameras. */
  readonly targets: readonly Vec3[];
}

/** Options of every scene layout. */
export interface LayoutOptions {
  /** Tessellation: 1 suits pictures up to about 200 pixels wide. */
  readonly detail: number;
}
