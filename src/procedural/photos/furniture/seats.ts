import type { Random } from "../../../core/random.ts";
import { uniform } from "../../choice.ts";
import type { SceneObject } from "../../scene-model.ts";
import { cylinder, ellipsoid } from "../../solids.ts";
import type { Furnish } from "../furnishing.ts";
import { block, moved, part } from "../parts.ts";
import { cloth, metal, plain, wood } from "../surfaces.ts";

/** A table with chairs around it, taken as one piece. */
export const diningTable: Furnish = (random) => {
  const [w, d, z] = [
    uniform(random, 0.7, 1.8),
    uniform(random, 0.7, 1),
    random() < 0.75 ? uniform(random, 0.7, 0.78) : uniform(random, 0.38, 0.5),
  ];
  const top = random() < 0.75 ? wood(random) : plain(random);
  const leg = random() < 0.7 ? top : metal(random);
  const margin = z > 0.6 ? 0.45 : 0.05;
  const [width, depth] = [w + 2 * margin, d + 2 * margin];
  const middle = -depth / 2;
  const parts = [
    block(top, [w, d, 0.035], [0, middle, z - 0.035]),
    ...[-1, 1].flatMap((i) =>
      [-1, 1].map((j) => block(leg, [0.06, 0.06, z - 0.03], [i * (w / 2 - 0.06), middle + j * (d / 2 - 0.06), 0])),
    ),
  ];
  if (z > 0.6) {
    const seat = chairMaker(random);
    for (const yaw of [0, 0.5, 1, 1.5].map((turn) => turn * Math.PI)) {
      if (random() < 0.35) continue;
      const reach = (Math.abs(Math.cos(yaw)) > 0.5 ? d : w) / 2 + uniform(random, -0.1, 0.25);
      // Seats face the table: their own front is -y.
      parts.push(
        ...moved(seat(), [-Math.sin(yaw) * reach, middle + Math.cos(yaw) * reach, 0], yaw + uniform(random, -0.3, 0.3)),
      );
    }
  }
  return { parts, width, depth, height: z, tops: [{ y: -margin, width: w, depth: d, z, most: 9 }] };
};

/** Chairs of one kind, each around the origin and facing −y. */
function chairMaker(random: Random): () => SceneObject[] {
  const frame = random() < 0.6 ? wood(random) : metal(random);
  const cushion = random() < 0.5 ? frame : cloth(random);
  const [w, z, back] = [uniform(random, 0.38, 0.46), uniform(random, 0.43, 0.48), uniform(random, 0.35, 0.55)];
  const slats = random() < 0.5;
  return () => [
    block(cushion, [w, w, 0.04], [0, 0, z - 0.04]),
    ...[-1, 1].map((i) => block(frame, [0.035, 0.035, z + back], [i * (w / 2 - 0.02), w / 2 - 0.02, 0])),
    ...[-1, 1].map((i) => block(frame, [0.035, 0.035, z - 0.03], [i * (w / 2 - 0.02), 0.02 - w / 2, 0])),
    ...(slats
      ? [0.3, 0.6, 0.9].map((t) => block(frame, [w, 0.02, 0.05], [0, w / 2 - 0.02, z + t * back - 0.05]))
      : [block(cushion, [w, 0.03, 0.7 * back], [0, w / 2 - 0.02, z + 0.28 * back])]),
  ];
}

/** A chair on four legs, or one that swivels. */
export const chair: Furnish = (random) => {
  if (random() < 0.5)
    return {
      parts: moved(chairMaker(random)(), [0, -0.25, 0], uniform(random, -1, 1)),
      width: 0.5,
      depth: 0.5,
      height: 0.95,
    };
  const [dark, seat] = [plain(random), cloth(random)];
  const spokes = [0, 1, 2, 3, 4].map(
    (i) => moved([block(dark, [0.3, 0.04, 0.04], [0.15, 0, 0.06])], [0, 0, 0], (2 * Math.PI * i) / 5)[0]!,
  );
  const parts = [
    ...spokes,
    part(dark, cylinder(0.03, 0.36, 8), [0, 0, 0.26]),
    part(seat, ellipsoid([0.26, 0.26, 0.07], 14, 8), [0, 0, 0.47]),
    block(seat, [0.42, 0.06, uniform(random, 0.35, 0.6)], [0, 0.24, 0.6]),
    ...[-1, 1].map((i) => block(dark, [0.04, 0.26, 0.03], [0.27 * i, 0.02, 0.66])),
  ];
  return { parts: moved(parts, [0, -0.32, 0], 2 * Math.PI * random()), width: 0.64, depth: 0.64, height: 1.1 };
};
