import type { Random } from "../../../core/random.ts";
import { pick, uniform } from "../../choice.ts";
import type { SceneObject } from "../../scene-model.ts";
import type { Furnish, Top } from "../furnishing.ts";
import { block } from "../parts.ts";
import { plain, print, wood } from "../surfaces.ts";
import { fronts } from "./fittings.ts";

/** A wardrobe, chest of drawers or sideboard. */
export const cupboard: Furnish = (random) => {
  const high = random() < 0.45;
  const [width, depth] = [uniform(random, 0.6, high ? 1.8 : 1.5), uniform(random, 0.38, 0.6)];
  const height = high ? uniform(random, 1.7, 2.2) : uniform(random, 0.6, 1.2);
  const body = random() < 0.6 ? wood(random) : plain(random);
  const parts = [
    block(body, [width, depth - 0.02, height], [0, -depth / 2 + 0.01, 0]),
    ...fronts(
      random,
      { width: width - 0.02, front: -depth + 0.02, bottom: 0.05, top: height - 0.03 },
      random() < 0.8 ? body : plain(random),
    ),
  ];
  return { parts, width, depth, height, tops: [{ width, depth, z: height, most: high ? 2 : 6 }] };
};

/** Open shelves full of books and things. */
export const bookcase: Furnish = (random) => {
  const [width, depth, height] = [uniform(random, 0.5, 1.3), uniform(random, 0.24, 0.36), uniform(random, 0.8, 2.1)];
  const board = random() < 0.7 ? wood(random) : plain(random);
  const levels = Math.max(2, Math.round(height / uniform(random, 0.3, 0.42)));
  const parts = [-1, 1].map((side) => block(board, [0.02, depth, height], [(side * width) / 2, -depth / 2, 0]));
  if (random() < 0.8) parts.push(block(board, [width, 0.01, height], [0, -0.005, 0]));
  const tops: Top[] = [{ width, depth, z: height, most: 2 }];
  for (let level = 0; level <= levels; level++) {
    const z = (level * (height - 0.02)) / levels;
    parts.push(block(board, [width, depth, 0.02], [0, -depth / 2, z]));
    const shelf = { width: width - 0.06, depth, z: z + 0.02 };
    if (level === levels) break;
    if (random() < 0.2) tops.push({ ...shelf, most: 3 });
    else parts.push(...books(random, { ...shelf, space: height / levels - 0.04 }));
  }
  return { parts, width, depth, height, tops };
};

/** Books standing side by side. */
function books(
  random: Random,
  { width, depth, z, space }: { width: number; depth: number; z: number; space: number },
): SceneObject[] {
  const parts: SceneObject[] = [];
  const shades = Array.from({ length: 4 }, () => (random() < 0.6 ? plain(random) : print(random, 0.2)));
  const end = width / 2 - uniform(random, 0, 0.6) * width;
  for (let x = -width / 2; x < end; ) {
    const w = uniform(random, 0.03, 0.09);
    const d = depth * uniform(random, 0.6, 0.9);
    parts.push(
      block(pick(random, shades), [w - 0.004, d, space * uniform(random, 0.55, 0.95)], [x + w / 2, -d / 2 - 0.02, z]),
    );
    x += w;
  }
  return parts;
}
