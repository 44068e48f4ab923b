import { uniform } from "../../choice.ts";
import type { SceneObject } from "../../scene-model.ts";
import { carvedBox, cylinder, ellipsoid, frustum } from "../../solids.ts";
import type { Furnish } from "../furnishing.ts";
import { block, part } from "../parts.ts";
import { metal, plain, porcelain, wood } from "../surfaces.ts";
import { curtain, fronts, tap } from "./fittings.ts";

/** A water closet with cistern, its lid up or down. */
export const toilet: Furnish = (random) => {
  const white = porcelain(random);
  const seat = random() < 0.7 ? white : wood(random);
  const open = random() < 0.5;
  const z = uniform(random, 0.38, 0.44);
  const ring = (thickness: number, y: number, height: number): SceneObject =>
    part(seat, ellipsoid([0.19, 0.24, thickness], 16, 8), [0, y, height]);
  const parts = [
    part(white, frustum(0.12, 0.19, z, 16), [0, -0.42, z / 2]),
    block(white, [0.2, 0.35, 0.8 * z], [0, -0.25, 0]),
    block(white, [0.4, 0.18, 0.38], [0, -0.1, z - 0.03]),
    block(white, [0.42, 0.2, 0.03], [0, -0.1, z + 0.35]),
    part(metal(random), cylinder(0.02, 0.02, 8), [0, -0.1, z + 0.39]),
    ring(0.025, -0.44, z + 0.015),
  ];
  if (open) {
    const lid = ring(0.02, 0, 0);
    parts.push({
      ...lid,
      placement: {
        axes: [
          [1, 0, 0],
          [0, 0.2, 0.98],
          [0, -0.98, 0.2],
        ],
        origin: [0, -0.24, z + 0.27],
      },
    });
    parts.push(
      part({ ...white, base: [0.35, 0.37, 0.38] }, ellipsoid([0.13, 0.17, 0.01], 14, 6), [0, -0.44, z + 0.035]),
    );
  } else parts.push(ring(0.02, -0.44, z + 0.04));
  return { parts, width: 0.5, depth: 0.7, height: z + 0.4 };
};

/** A washbasin on a cabinet or a pedestal under a mirror. */
export const basin: Furnish = (random) => {
  const [width, depth, z] = [uniform(random, 0.5, 1), uniform(random, 0.4, 0.52), uniform(random, 0.8, 0.88)];
  const white = porcelain(random);
  const rim = 0.05;
  const bowl = carvedBox(
    [-width / 2, rim - width / 2, width / 2 - rim, width / 2],
    [-depth, rim - depth, -0.12, 0],
    [0, 0.03, 0.15],
    (i, j, k) => !(i === 1 && j === 1 && k === 1),
  );
  const parts = [part(white, bowl, [0, 0, z - 0.15]), ...tap([0, -0.06, z], metal(random))];
  if (random() < 0.6) {
    const body = random() < 0.5 ? wood(random) : plain(random);
    parts.push(block(body, [width - 0.04, depth - 0.06, z - 0.25], [0, -depth / 2 + 0.02, 0.1]));
    parts.push(...fronts(random, { width: width - 0.04, front: 0.05 - depth, bottom: 0.12, top: z - 0.17 }, body));
  } else parts.push(part(white, cylinder(0.09, z - 0.15, 12), [0, -0.2, (z - 0.15) / 2]));
  const glass = { ...metal(random), base: [0.4, 0.43, 0.45] as const, roughness: 0.05 };
  parts.push(block(glass, [uniform(random, 0.4, width), 0.02, uniform(random, 0.5, 0.9)], [0, -0.01, z + 0.25]));
  return { parts, width, depth, height: 1.8, tops: [{ width, depth: 0.2, z, most: 3 }] };
};

/** A bathtub or a shower tray with a curtain. */
export const bathtub: Furnish = (random) => {
  const tray = random() < 0.35;
  const [width, depth, z] = [tray ? 0.9 : uniform(random, 1.5, 1.75), tray ? 0.9 : 0.75, tray ? 0.15 : 0.56];
  const [x, y] = [width / 2, depth];
  const tub = carvedBox(
    [-x, 0.07 - x, x - 0.07, x],
    [-y, 0.07 - y, -0.07, 0],
    [0, 0.08, z],
    (i, j, k) => !(i === 1 && j === 1 && k === 1),
  );
  const parts = [part(porcelain(random), tub, [0, 0, 0]), ...tap([x - 0.2, -0.05, z + 0.1], metal(random))];
  if (random() < 0.5)
    parts.push(
      ...curtain(random, { width: width * uniform(random, 0.3, 0.9), bottom: 0.25, top: 2, y: -depth + 0.03 }),
    );
  return { parts, width, depth, height: z };
};
