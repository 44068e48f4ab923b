import { type Random, randomInteger } from "../../core/random.ts";
import { pick, uniform } from "../choice.ts";
import type { SceneObject } from "../scene-model.ts";
import type { Vec3 } from "../vec3.ts";
import { smallThing } from "./clutter.ts";
import { moved } from "./parts.ts";

/** A piece of furniture in meters. Its back stands along y = 0 around x = 0, and it reaches towards -y, z up. */
export interface Furnishing {
  readonly parts: readonly SceneObject[];
  readonly width: number;
  readonly depth: number;
  readonly height: number;
  /** Surfaces that things lie on. */
  readonly tops?: readonly Top[];
}

/** A level rectangle `width` × `depth` at height `z` whose back edge is centerd at (x, y). */
export interface Top {
  readonly x?: number;
  readonly y?: number;
  readonly z: number;
  readonly width: number;
  readonly depth: number;
  /** Things on it at most. */
  readonly most: number;
}

/** Draws a piece of furniture. */
export type Furnish = (random: Random) => Furnishing;

/** The longest of a piece's three dimensions. */
export function extentOf({ width, depth, height }: Furnishing): number {
  return Math.max(width, depth, height);
}

/** A piece and what lies on it, drawn from `props` as often as not where there are any. */
export function inUse(random: Random, { parts, tops = [] }: Furnishing, props: readonly Furnishing[]): SceneObject[] {
  return [...parts, ...tops.flatMap((top) => laid(random, top, props))];
}

function laid(
  random: Random,
  { x = 0, y = 0, z, width, depth, most }: Top,
  props: readonly Furnishing[],
): SceneObject[] {
  return Array.from({ length: randomInteger(random, most + 1) }, () => {
    const at: Vec3 = [x + width * uniform(random, -0.42, 0.42), y - depth * uniform(random, 0.15, 0.85), z];
    const isModel = props.length > 0 && random() < 0.6;
    const thing = isModel ? centered(pick(random, props)) : smallThing(random);
    return moved(thing, at, uniform(random, -Math.PI, Math.PI));
  }).flat();
}

/** A piece around the origin instead of before it. */
export function centered({ parts, depth }: Furnishing): SceneObject[] {
  return moved(parts, [0, depth / 2, 0]);
}
