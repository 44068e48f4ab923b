import { type Random, randomInteger } from "../../core/random.ts";
import { logUniform, pick, uniform } from "../choice.ts";
import { placeComposite, randomComposite, rocks, tree } from "../composite.ts";
import { color, type Material } from "../material.ts";
import { upright } from "../placement.ts";
import type { LayoutOptions, SceneLayout } from "../scene-layout.ts";
import type { Light, SceneObject } from "../scene-model.ts";
import { randomSky, type Sky } from "../sky.ts";
import { box } from "../solids.ts";
import { scale, type Vec3 } from "../vec3.ts";
import { smallThing } from "./clutter.ts";
import { centered, extentOf, type Furnish, inUse } from "./furnishing.ts";
import { bed } from "./furniture/bedroom.ts";
import { oddment, sofa } from "./furniture/living-room.ts";
import { chair, diningTable } from "./furniture/seats.ts";
import { bookcase, cupboard } from "./furniture/storage.ts";
import { desk } from "./furniture/study.ts";
import { block, moved, part } from "./parts.ts";
import { masonry, paint, pavement, plain, print, tiles, wallpaper, wood } from "./surfaces.ts";
import { car } from "./vehicles.ts";
import { orbit } from "./walk.ts";

/** Photos of a scene at most, where each has a background of its own. */
const BACKGROUNDS = 8;

/**
 * One thing, or a few on a plate or a table top, photographed from around it: before nothing at all, a plain wall,
 * patterns, or backgrounds that change from photo to photo.
 */
export function objectLayout(random: Random, { models = [] }: LayoutOptions): SceneLayout {
  const model = models.length > 0 && random() < 0.6 ? pick(random, models) : undefined;
  const size = model === undefined ? logUniform(random, 0.15, 1.6) : extentOf(model);
  const things = model === undefined ? subject(random, size) : centered(model);
  const ground = random();
  const objects: SceneObject[] = [...things];
  const reach = 6 * size;
  const isVoid = random() < 0.3;
  if (ground < 0.75 || !isVoid) {
    const extent = random() < 0.4 ? size * uniform(random, 1.5, 4) : 2 * reach;
    objects.push(
      block(
        pick(random, [wood, paint, tiles, plain, wallpaper, pavement])(random),
        [extent, extent, 0.05 * size],
        [0, 0, -0.05 * size],
      ),
    );
  }
  const changing = random() < 0.2;
  if (!isVoid) {
    if (changing) for (let photo = 0; photo < BACKGROUNDS; photo++) objects.push(...walls(random, reach, photo));
    else objects.push(...walls(random, reach));
  }
  const elevation: readonly [number, number] =
    isVoid && random() < 0.4 ? [-0.5, 1.2] : [0.03, uniform(random, 0.5, 1.45)];
  return {
    objects,
    lights: lights(random, size),
    sky: isVoid ? plainSky(random) : randomSky(random),
    ambient: uniform(random, 0.3, 1),
    region: { min: [-reach, -reach, -reach], max: [reach, reach, reach] },
    nearest: 0.1,
    leastCovered: 0.08,
    targets: [[0, 0, 0.4 * size]],
    walk: (walkRandom) =>
      orbit(walkRandom, {
        target: [0, 0, 0.4 * size],
        size,
        elevation,
        distance: [0.2, 0.92 * reach],
        region: {
          min: [-0.95 * reach, -0.95 * reach, elevation[0] < 0 ? -reach : 0.06 * size],
          max: [0.95 * reach, 0.95 * reach, reach],
        },
      }),
  };
}

const FURNITURE: readonly Furnish[] = [chair, sofa, desk, cupboard, bookcase, diningTable, oddment, bed];

/** Something about `size` meters large on z = 0. */
function subject(random: Random, size: number): SceneObject[] {
  const kind = random();
  const sized = (parts: readonly SceneObject[], own: number): SceneObject[] =>
    placeComposite(parts, upright([0, 0, 0], 2 * Math.PI * random(), size / own));
  if (kind < 0.3) return sized(randomComposite(random, { detail: 1.2, size }), 1);
  if (kind < 0.6) {
    const piece = pick(random, FURNITURE)(random);
    return sized(centered({ ...piece, parts: inUse(random, piece, []) }), extentOf(piece));
  }
  if (kind < 0.7) return sized(tree(random, { detail: 1, size }), 1);
  if (kind < 0.78) return sized(rocks(random, { detail: 1.2, size }), 1);
  if (kind < 0.84) return sized(car(random), 4);
  if (kind < 0.92) return temple(random, size);
  return sized(
    Array.from({ length: 1 + randomInteger(random, 7) }, () =>
      moved(smallThing(random), [0.16 * (random() - 0.5), 0.16 * (random() - 0.5), 0]),
    ).flat(),
    0.35,
  );
}

/** Columns on steps under a slab: a ruin, pavilion or toy. */
function temple(random: Random, size: number): SceneObject[] {
  const stone = random() < 0.5 ? masonry(random) : plain(random);
  const [across, along] = [2 + randomInteger(random, 2), 2 + randomInteger(random, 3)];
  const [w, d] = [0.7, 0.7 * (along / across)];
  const h = uniform(random, 0.3, 0.7);
  const parts = [
    block(stone, [w + 0.2, d + 0.2, 0.06], [0, 0, 0]),
    block(stone, [w + 0.1, d + 0.1, 0.06], [0, 0, 0.06]),
  ];
  for (let i = 0; i < across; i++) {
    for (let j = 0; j < along; j++) {
      if (random() < 0.1) continue;
      const broken = random() < 0.2 ? uniform(random, 0.3, 0.9) : 1;
      parts.push(
        block(stone, [0.09, 0.09, h * broken], [w * (i / (across - 1) - 0.5), d * (j / (along - 1) - 0.5), 0.12]),
      );
    }
  }
  if (random() < 0.8) parts.push(block(stone, [w + 0.12, d * uniform(random, 0.5, 1.1), 0.1], [0, 0, 0.12 + h]));
  if (random() < 0.5) parts.push(block(stone, [0.5 * w, 0.5 * d, 0.1], [0, 0, 0.22 + h]));
  return placeComposite(parts, upright([0, 0, 0], 2 * Math.PI * random(), size));
}

/** Four walls around everything, of one photo only where it is named. */
function walls(random: Random, reach: number, photo?: number): SceneObject[] {
  const material = (): Material => pick(random, [paint, wallpaper, masonry, wood, print])(random, reach);
  const same = random() < 0.6 ? material() : undefined;
  return [0, 1, 2, 3].map((i) => {
    const side = i < 2 ? -1 : 1;
    const size: Vec3 = i % 2 ? [2 * reach, 0.1 * reach, 2 * reach] : [0.1 * reach, 2 * reach, 2 * reach];
    const at: Vec3 = i % 2 ? [0, side * 1.05 * reach, 0.5 * reach] : [side * 1.05 * reach, 0, 0.5 * reach];
    return { ...part(same ?? material(), box(size), at), ...(photo === undefined ? {} : { photo }) };
  });
}

/** Nothing but a color, black more often than not: a studio. */
function plainSky(random: Random): Sky {
  const tone: Vec3 =
    random() < 0.6 ? scale([1, 1, 1], 0.01 * random()) : color(random(), 0.3 * random(), uniform(random, 0.2, 1));
  return { ...randomSky(random), zenith: tone, horizon: tone, nadir: tone, glow: [0, 0, 0], clouds: 0 };
}

function lights(random: Random, size: number): Light[] {
  return Array.from({ length: 1 + randomInteger(random, 2) }, () => {
    const angle = 2 * Math.PI * random();
    const far = size * uniform(random, 1.5, 4);
    return {
      kind: "lamp",
      position: [far * Math.cos(angle), far * Math.sin(angle), size * uniform(random, 1.5, 4)],
      color: scale([1, uniform(random, 0.8, 1), uniform(random, 0.6, 1)], far * far * uniform(random, 0.6, 2)),
    };
  });
}
