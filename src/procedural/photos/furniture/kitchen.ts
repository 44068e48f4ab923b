import { pick, uniform } from "../../choice.ts";
import type { Material } from "../../material.ts";
import type { SceneObject } from "../../scene-model.ts";
import { cylinder } from "../../solids.ts";
import type { Vec3 } from "../../vec3.ts";
import type { Furnish } from "../furnishing.ts";
import { block, moved, part } from "../parts.ts";
import { metal, plain, porcelain, tiles, wood } from "../surfaces.ts";
import { fronts, tap } from "./fittings.ts";

/** A kitchen counter with sink or stove, wall cupboards and splashback. */
export const counter: Furnish = (random) => {
  const [width, depth, z] = [uniform(random, 1, 2.8), 0.6, uniform(random, 0.85, 0.93)];
  const [body, top] = [random() < 0.5 ? plain(random) : wood(random), pick(random, [wood, plain, tiles])(random)];
  const parts = [
    block(body, [width, depth - 0.04, z - 0.04], [0, -depth / 2 + 0.02, 0]),
    block(top, [width + 0.02, depth + 0.02, 0.04], [0, -depth / 2, z - 0.04]),
    ...fronts(random, { width, front: -depth + 0.04, bottom: 0.1, top: z - 0.05 }, body),
  ];
  const x = uniform(random, -0.25, 0.25) * width;
  if (random() < 0.5)
    parts.push(...tap([x, -0.08, z], metal(random)), block(metal(random), [0.5, 0.4, 0.006], [x, -0.3, z]));
  else parts.push(...hob([x, -0.3, z], plain(random)));
  if (random() < 0.7) parts.push(block(tiles(random), [width, 0.01, 0.5], [0, -0.005, z]));
  const high = random() < 0.7;
  if (high) {
    const [bottom, height] = [uniform(random, 1.35, 1.5), uniform(random, 0.5, 0.8)];
    parts.push(
      block(body, [width, 0.33, height], [0, -0.17, bottom]),
      ...fronts(random, { width, front: -0.335, bottom, top: bottom + height }, body),
    );
  }
  return { parts, width, depth, height: high ? 2.1 : z, tops: [{ width, depth, z, most: 7 }] };
};

function hob(at: Vec3, top: Material): SceneObject[] {
  const dark = { ...top, base: [0.03, 0.03, 0.03] as const };
  const rings = [-1, 1].flatMap((i) =>
    [-1, 1].map((j) => part(top, cylinder(0.085, 0.012, 14), [0.14 * i, 0.12 * j, 0.012])),
  );
  return moved([block(dark, [0.56, 0.5, 0.008], [0, 0, 0]), ...rings], at);
}

/** A refrigerator, washing machine or other box of enamel. */
export const appliance: Furnish = (random) => {
  const [width, depth, height] = [0.6, uniform(random, 0.55, 0.7), pick(random, [0.85, 1.4, 1.8])];
  const body = random() < 0.7 ? porcelain(random) : metal(random);
  const parts = [
    block(body, [width, depth, height], [0, -depth / 2, 0]),
    block(body, [width - 0.02, 0.03, 0.62 * height], [0, -depth - 0.012, 0.02]),
    block(body, [width - 0.02, 0.03, 0.34 * height], [0, -depth - 0.012, 0.65 * height]),
    block(metal(random), [0.02, 0.03, 0.25], [0.24, -depth - 0.04, 0.4 * height]),
  ];
  if (height < 1) {
    const door = part(plain(random), cylinder(0.17, 0.04, 18), [0, 0, 0]);
    parts.push({
      ...door,
      placement: {
        axes: [
          [1, 0, 0],
          [0, 0, 1],
          [0, -1, 0],
        ],
        origin: [0, -depth - 0.02, 0.42],
      },
    });
  }
  return { parts, width, depth, height, tops: [{ width, depth, z: height, most: 2 }] };
};
