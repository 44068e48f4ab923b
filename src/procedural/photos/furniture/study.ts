import { type Random, randomInteger } from "../../../core/random.ts";
import { uniform } from "../../choice.ts";
import type { SceneObject } from "../../scene-model.ts";
import type { Furnish } from "../furnishing.ts";
import { block, moved } from "../parts.ts";
import { metal, plain, print, wood } from "../surfaces.ts";
import { fronts } from "./fittings.ts";

/** A desk with screens, a keyboard, papers and drawers; now and then with a shelf above. */
export const desk: Furnish = (random) => {
  const [width, depth, z] = [uniform(random, 1, 1.9), uniform(random, 0.6, 0.85), uniform(random, 0.7, 0.76)];
  const top = random() < 0.6 ? wood(random) : plain(random);
  const leg = random() < 0.5 ? top : metal(random);
  const parts = [
    block(top, [width, depth, 0.03], [0, -depth / 2, z - 0.03]),
    ...[-1, 1].flatMap((i) =>
      [0.05, depth - 0.05].map((y) => block(leg, [0.05, 0.05, z - 0.03], [i * (width / 2 - 0.05), -y, 0])),
    ),
  ];
  if (random() < 0.6) {
    const side = random() < 0.5 ? -1 : 1;
    const x = side * (width / 2 - 0.28);
    parts.push(block(leg, [0.4, depth - 0.1, z - 0.08], [x, -depth / 2, 0.02]));
    parts.push(
      ...moved(fronts(random, { width: 0.4, front: -depth + 0.05, bottom: 0.04, top: z - 0.08 }, leg), [x, 0, 0]),
    );
  }
  const screens = randomInteger(random, 3);
  for (let i = 0; i < screens; i++)
    parts.push(
      ...moved(
        screen(random),
        [width * (screens === 1 ? uniform(random, -0.2, 0.2) : 0.4 * (i - 0.5)), -0.2, z],
        uniform(random, -0.4, 0.4),
      ),
    );
  if (screens > 0) {
    const keys = { ...print(random, 0.1), base: [0.06, 0.06, 0.06] as const };
    parts.push(block(keys, [0.42, 0.14, 0.02], [uniform(random, -0.1, 0.1), -depth + 0.2, z]));
  }
  return { parts, width, depth, height: z + (screens > 0 ? 0.5 : 0.15), tops: [{ width, depth, z, most: 10 }] };
};

function screen(random: Random): SceneObject[] {
  const [w, h] = [uniform(random, 0.4, 0.7), uniform(random, 0.28, 0.4)];
  const black = plain(random);
  const picture = { ...print(random, w), emission: random() < 0.5 ? 0 : uniform(random, 0.5, 2) };
  return [
    block(black, [w, 0.04, h], [0, 0, 0.12]),
    block(
      random() < 0.4 ? { ...black, base: [0.02, 0.02, 0.025] } : picture,
      [w - 0.03, 0.004, h - 0.03],
      [0, -0.021, 0.135],
    ),
    block(black, [0.06, 0.04, 0.14], [0, 0.02, 0]),
    block(black, [0.24, 0.18, 0.015], [0, 0, 0]),
  ];
}
