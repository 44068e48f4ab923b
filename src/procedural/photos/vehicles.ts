import type { Random } from "../../core/random.ts";
import { pick, uniform } from "../choice.ts";
import type { SceneObject } from "../scene-model.ts";
import { cylinder, prism } from "../solids.ts";
import type { Vec3 } from "../vec3.ts";
import { block, part } from "./parts.ts";
import { metal, plain } from "./surfaces.ts";

/** A car or van, about 4 m long along y, its front towards -y. */
export function car(random: Random): SceneObject[] {
  const van = random() < 0.25;
  const [length, width, height] = [
    uniform(random, 3.6, 4.8),
    uniform(random, 1.6, 1.9),
    van ? uniform(random, 1.8, 2.3) : uniform(random, 1.35, 1.6),
  ];
  const body = { ...plain(random), reflectance: 0.1, roughness: 0.15 };
  const glass = { ...plain(random), base: [0.02, 0.025, 0.03] as const, reflectance: 0.15, roughness: 0.05 };
  const black = { ...plain(random), base: [0.02, 0.02, 0.02] as const, reflectance: 0 };
  const hood = van ? 0.06 : uniform(random, 0.2, 0.28);
  const belt = 0.55 * height;
  const front = -length / 2;
  // The side view, x to the front and z up, as an outline that is extruded over the width.
  const silhouette = (
    from: readonly (readonly [number, number])[],
    broad: number,
    material: typeof body,
  ): SceneObject => {
    const middle = from.reduce((sum, [, z]) => sum + z, 0) / from.length;
    return {
      mesh: prism(
        from.map(([y, z]) => [y, z - middle] as const),
        broad,
      ),
      material,
      placement: {
        axes: [
          [0, 1, 0],
          [0, 0, 1],
          [1, 0, 0],
        ],
        origin: [0, 0, middle],
      },
    };
  };
  const cabin: [number, number][] = [
    [front + hood * length * 0.9, belt],
    [length * (van ? 0.49 : 0.42), belt],
    [length * (van ? 0.48 : 0.3), height],
    [front + (hood + 0.17) * length, height],
  ];
  const lower: [number, number][] = [
    [front, 0.25],
    [-front, 0.25],
    [-front, belt],
    [front + hood * length, belt],
    [front + 0.04, belt * 0.85],
  ];
  const wheel = (x: number, y: number): SceneObject => ({
    mesh: cylinder(0.31, 0.2, 14),
    material: black,
    placement: {
      axes: [
        [0, 1, 0],
        [0, 0, 1],
        [1, 0, 0],
      ],
      origin: [x, y, 0.31],
    },
  });
  const at = (i: number, y: number, z: number): Vec3 => [i * (width / 2 - 0.3), y, z];
  const lamp = { ...metal(random), emission: 0.4 };
  return [
    silhouette(lower, width, body),
    silhouette(cabin, width - 0.12, glass),
    block(
      body,
      [width - 0.14, (cabin[2]![0] - cabin[3]![0]) * 1.02, 0.05],
      [0, (cabin[2]![0] + cabin[3]![0]) / 2, height - 0.03],
    ),
    ...[-1, 1].flatMap((i) => [
      wheel(i * (width / 2 - 0.08), 0.31 * length),
      wheel(i * (width / 2 - 0.08), -0.31 * length),
    ]),
    ...[-1, 1].flatMap((i) => [
      block(lamp, [0.3, 0.05, 0.14], at(i, front, 0.55)),
      block(
        {
          ...body,
          base: pick(random, [
            [0.4, 0.02, 0.02],
            [0.6, 0.1, 0.02],
          ]),
        },
        [0.25, 0.05, 0.15],
        at(i, -front, 0.6),
      ),
    ]),
    part(black, cylinder(0.05, width + 0.2, 6), [0, 0, 0.3]),
  ];
}
