import type { Random } from "../../core/random.ts";
import { uniform } from "../choice.ts";
import { color } from "../material.ts";
import type { SceneObject } from "../scene-model.ts";
import { ellipsoid, stick } from "../solids.ts";
import type { Vec3 } from "../vec3.ts";
import { moved, part } from "./parts.ts";
import { cloth, plain } from "./surfaces.ts";
import type { Region } from "./walk.ts";

/** A standing or striding figure, 1.5 to 1.9 m tall, on z = 0. */
export function person(random: Random): SceneObject[] {
  const h = uniform(random, 1.5, 1.9);
  const [shirt, trousers] = [cloth(random), cloth(random)];
  const skin = {
    ...plain(random),
    base: color(0.06, uniform(random, 0.3, 0.6), uniform(random, 0.3, 0.9)),
    reflectance: 0,
  };
  const hair = { ...skin, base: color(0.07, 0.5, uniform(random, 0.05, 0.5)) };
  const stride = uniform(random, 0, 0.22);
  const limb = (from: Vec3, to: Vec3, radius: number): SceneObject["mesh"] => stick(from, to, radius, 8);
  return [
    part(shirt, ellipsoid([0.2, 0.13, 0.3], 12, 8), [0, 0, 0.68 * h]),
    part(trousers, ellipsoid([0.17, 0.13, 0.16], 12, 8), [0, 0, 0.52 * h]),
    part(trousers, limb([-0.08, stride, 0.04], [-0.08, 0, 0.52 * h], 0.075), [0, 0, 0]),
    part(trousers, limb([0.08, -stride, 0.04], [0.08, 0, 0.52 * h], 0.075), [0, 0, 0]),
    part(shirt, limb([-0.22, -stride, 0.45 * h], [-0.18, 0, 0.8 * h], 0.05), [0, 0, 0]),
    part(shirt, limb([0.22, stride, 0.45 * h], [0.18, 0, 0.8 * h], 0.05), [0, 0, 0]),
    part(skin, ellipsoid([0.085, 0.1, 0.12], 12, 8), [0, 0, 0.92 * h]),
    part(hair, ellipsoid([0.09, 0.1, 0.09], 10, 6), [0, 0.02, 0.95 * h]),
  ];
}

/** Somebody who walks through a `share` of all scenes, elsewhere in every photo or in a few of them only. */
export function passersBy(random: Random, { min, max }: Region, share: number, photos = 8): SceneObject[] {
  if (random() >= share) return [];
  const figure = person(random);
  return Array.from({ length: photos }, (_, photo) => {
    if (random() < 0.4) return [];
    const at: Vec3 = [uniform(random, min[0], max[0]), uniform(random, min[1], max[1]), 0];
    return moved(figure, at, 2 * Math.PI * random()).map((piece) => ({ ...piece, photo }));
  }).flat();
}
