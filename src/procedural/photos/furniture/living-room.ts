import { randomInteger } from "../../../core/random.ts";
import { pick, uniform } from "../../choice.ts";
import { placeComposite, tree } from "../../composite.ts";
import { upright } from "../../placement.ts";
import type { SceneObject } from "../../scene-model.ts";
import { cylinder, ellipsoid, frustum } from "../../solids.ts";
import type { Vec3 } from "../../vec3.ts";
import type { Furnish } from "../furnishing.ts";
import { block, moved, part } from "../parts.ts";
import { cloth, metal, plain, print, wood } from "../surfaces.ts";

/** A sofa or armchair. */
export const sofa: Furnish = (random) => {
  const [width, depth, z] = [pick(random, [0.85, 1.5, 2.1]), uniform(random, 0.8, 0.95), uniform(random, 0.38, 0.46)];
  const material = cloth(random);
  const seats = Math.max(1, Math.round((width - 0.3) / 0.65));
  const parts = [
    block(material, [width, depth, z - 0.12], [0, -depth / 2, 0.06]),
    block(material, [width, 0.22, uniform(random, 0.75, 0.95)], [0, -0.11, 0.06]),
    ...[-1, 1].map((i) => block(material, [0.16, depth, z + 0.15], [i * (width / 2 - 0.08), -depth / 2, 0.06])),
  ];
  const w = (width - 0.32) / seats;
  for (let i = 0; i < seats; i++) {
    const x = (i + 0.5) * w - width / 2 + 0.16;
    parts.push(block(material, [w - 0.01, depth - 0.25, 0.14], [x, -depth / 2 - 0.1, z - 0.08]));
    if (random() < 0.5) parts.push(part(cloth(random), ellipsoid([0.22, 0.1, 0.2], 12, 8), [x, -0.32, z + 0.22]));
  }
  return { parts, width, depth, height: 0.85 };
};

/** A pot plant, floor lamp, bin, carton or bag. */
export const oddment: Furnish = (random) => {
  const kind = randomInteger(random, 5);
  const middle: Vec3 = [0, -0.22, 0];
  const make = (): readonly SceneObject[] => {
    if (kind === 0) {
      const size = uniform(random, 0.5, 1.3);
      return [
        part(plain(random), frustum(0.12, 0.17, 0.3, 14), [0, 0, 0.15]),
        ...placeComposite(tree(random, { detail: 0.7, size }), upright([0, 0, 0.2], 0, size)),
      ];
    }
    if (kind === 1) {
      const height = uniform(random, 1.2, 1.7);
      const shade = { ...cloth(random), emission: random() < 0.5 ? 1.5 : 0 };
      return [
        part(metal(random), cylinder(0.15, 0.03, 14), [0, 0, 0.015]),
        part(metal(random), cylinder(0.015, height, 6), [0, 0, height / 2]),
        part(shade, frustum(0.2, 0.13, 0.28, 14), [0, 0, height]),
      ];
    }
    if (kind === 2)
      return [
        part(
          random() < 0.5 ? metal(random) : plain(random),
          frustum(0.11, 0.15, uniform(random, 0.25, 0.6), 14),
          [0, 0, 0.3],
        ),
      ];
    if (kind === 3) {
      const w = uniform(random, 0.2, 0.45);
      return [
        block(
          random() < 0.5 ? print(random, w) : { ...wood(random), base: [0.42, 0.28, 0.15] },
          [w, w * uniform(random, 0.6, 1), w * uniform(random, 0.5, 1.2)],
          [0, 0, 0],
        ),
      ];
    }
    return [part(cloth(random), ellipsoid([0.2, 0.14, 0.2], 12, 8), [0, 0, 0.18])];
  };
  return {
    parts: moved(make(), middle, 2 * Math.PI * random()),
    width: 0.44,
    depth: 0.44,
    height: kind < 2 ? 1.4 : 0.5,
  };
};
