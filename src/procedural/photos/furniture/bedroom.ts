import { pick, uniform } from "../../choice.ts";
import { ellipsoid } from "../../solids.ts";
import type { Furnish } from "../furnishing.ts";
import { block, part } from "../parts.ts";
import { cloth, wood } from "../surfaces.ts";

/** A bed with mattress, blanket and pillows, its head at the wall. */
export const bed: Furnish = (random) => {
  const [width, depth, z] = [pick(random, [0.9, 1.4, 1.8]), 2.05, uniform(random, 0.35, 0.6)];
  const frame = random() < 0.7 ? wood(random) : cloth(random);
  const linen = cloth(random);
  const cover = cloth(random);
  const parts = [
    block(frame, [width, depth, 0.22], [0, -depth / 2, z - 0.32]),
    block(frame, [width, 0.05, uniform(random, 0.7, 1.2)], [0, -0.025, 0]),
    ...[-1, 1].flatMap((i) =>
      [0.05, depth - 0.05].map((y) => block(frame, [0.07, 0.07, z - 0.3], [i * (width / 2 - 0.05), -y, 0])),
    ),
    block(linen, [width - 0.04, depth - 0.08, 0.2], [0, -depth / 2 - 0.02, z - 0.15]),
    block(cover, [width + 0.03, depth * uniform(random, 0.5, 0.75), 0.24], [0, -depth * 0.66, z - 0.16]),
    part(cover, ellipsoid([width / 2, 0.5, 0.12], 14, 8), [
      uniform(random, -0.1, 0.1),
      -depth * uniform(random, 0.5, 0.8),
      z + 0.05,
    ]),
  ];
  for (let x = -width / 2 + 0.4; x < width / 2; x += 0.75) {
    parts.push(part(random() < 0.6 ? linen : cloth(random), ellipsoid([0.33, 0.24, 0.1], 12, 8), [x, -0.33, z + 0.1]));
  }
  return { parts, width, depth, height: 1, tops: [{ width, depth, z: z + 0.1, most: 2 }] };
};
