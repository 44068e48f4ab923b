import { type Random, seededRandom } from "../../core/random.ts";
import { uniform } from "../choice.ts";
import { facade, sunLight } from "../outdoor-layouts.ts";
import { block, moved } from "../photos/parts.ts";
import { masonry, pavement, plain } from "../photos/surfaces.ts";
import { streetThing } from "../photos/town-layouts.ts";
import { type Placement, shifted } from "../placement.ts";
import type { SceneDescription, SceneObject } from "../scene-model.ts";
import { randomSky } from "../sky.ts";
import { scale, type Vec3 } from "../vec3.ts";
import { sides } from "../wall.ts";
import { blockCenter, HALF_BLOCK, hasCourt, PITCH } from "./town-route.ts";

/** How deep houses are that stand around a court. */
const DEPTH = 4;
/** Half of the way into a court. */
const HALF_GATE = 2;
/** The house that stands in every block, and how high it is. */
const SAME = { seed: "the house that every block has", height: 8 };

/**
 * Blocks of houses along streets: the first `blocks` of the walk, and those around them, so that streets end nowhere. The first
 * house of every block's west side is the same one, in color, form and texture.
 */
export function townLayout(seed: number, blocks: number): SceneDescription {
  const random = seededRandom(`town ${seed}`);
  const sky = randomSky(random);
  const courts = new Map(Array.from({ length: blocks }, (_, index) => [String(blockCenter(index)), hasCourt(index)]));
  const centers = Array.from({ length: blocks }, (_, index) => blockCenter(index));
  const [right, top] = [0, 1].map((axis) => Math.max(...centers.map((center) => center[axis]!)) / PITCH + 1);
  const road = pavement(random);
  const objects: SceneObject[] = [];
  for (let column = -1; column <= right!; column++) {
    for (let row = -1; row <= top!; row++) {
      const [x, y] = [column * PITCH, row * PITCH];
      const own = seededRandom(`block ${seed} ${column} ${row}`);
      const isOpen = courts.get(String([x, y])) ?? false;
      // One slab per block, so that what is out of sight is not drawn.
      objects.push(block(road, [PITCH, PITCH, 0.2], [x, y, -0.2]), ...moved(houses(own, isOpen), [x, y, 0]));
    }
  }
  return { objects, lights: sunLight(random, sky), sky, ambient: 1 };
}

function houses(random: Random, isOpen: boolean): SceneObject[] {
  const objects: SceneObject[] = [];
  const inner = HALF_BLOCK - DEPTH;
  for (const [i, { placement, length }] of sides(2 * HALF_BLOCK, 2 * HALF_BLOCK).entries()) {
    const isSouth = i === 2;
    const gap = isOpen && isSouth ? HALF_GATE : 0;
    const outside = seenFromOutside(placement, length);
    for (const half of [0, 1]) {
      const wide = length / 2 - gap;
      const front = shifted(outside, [half === 0 ? 0 : length / 2 + gap, 0, 0]);
      const isSame = i === 3 && half === 0;
      const drawn = isSame ? seededRandom(SAME.seed) : random;
      const height = isSame ? SAME.height : uniform(random, 4, 10);
      objects.push(...facade(drawn, front, wide, height, masonry(drawn)));
      const body = masonry(drawn);
      objects.push({
        ...block(body, [wide - 0.04, DEPTH - 0.4, height], [0, 0, 0]),
        placement: shifted(front, [wide / 2, 0.4 + (DEPTH - 0.4) / 2, height / 2]),
      });
      for (let things = 0; things < 2; things++) {
        const [along, before] = [uniform(random, 0.5, wide - 0.5), uniform(random, 0.7, 1.6)];
        objects.push(...moved(streetThing(random), shifted(front, [along, -before, 0]).origin, 6.28 * random()));
      }
    }
  }
  if (!isOpen) return [...objects, block(plain(random), [2 * inner, 2 * inner, 4], [0, 0, 0])];
  for (const [i, { placement, length }] of sides(2 * inner, 2 * inner).entries()) {
    const isSouth = i === 2;
    const parts = isSouth ? [0, length / 2 + HALF_GATE] : [0];
    for (const start of parts) {
      const wide = isSouth ? length / 2 - HALF_GATE : length;
      objects.push(...facade(random, shifted(placement, [start, 0, 0]), wide, uniform(random, 4, 7), masonry(random)));
    }
    if (!isSouth)
      objects.push(...moved(streetThing(random), shifted(placement, [uniform(random, 2, length - 2), -0.9, 0]).origin));
  }
  return objects;
}

/** The placement of a side's front as one sees it from the street: x to the right, y into the house. */
function seenFromOutside({ axes: [x, y, z], origin }: Placement, length: number): Placement {
  const corner: Vec3 = shifted({ axes: [x, y, z], origin }, [length, 0, 0]).origin;
  return { axes: [scale(x, -1), scale(y, -1), z], origin: corner };
}
