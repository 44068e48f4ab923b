import { gaussian, type Random, randomInteger } from "../core/random.ts";
import { logUniform, uniform } from "./choice.ts";
import { placeComposite, randomAxes, randomComposite } from "./composite.ts";
import { type Material, randomMaterial } from "./material.ts";
import { sunLight } from "./outdoor-layouts.ts";
import { type Placement, upright } from "./placement.ts";
import { table } from "./primitive.ts";
import type { LayoutOptions, SceneLayout } from "./scene-layout.ts";
import type { Light, SceneObject } from "./scene-model.ts";
import { randomSky } from "./sky.ts";
import { box } from "./solids.ts";
import { scale, type Vec3 } from "./vec3.ts";

/** A few things on a table or the floor, photographed from around them; behind them walls, clutter or the sky. */
export function stillLifeLayout(random: Random, options: LayoutOptions): SceneLayout {
  const onTable = random() < 0.5;
  const top = onTable ? uniform(random, 0.5, 1) : 0;
  const objects: SceneObject[] = [slab(random, [14, 14, 0.2], [0, 0, -0.1])];
  const spread = onTable ? 0.35 : uniform(random, 0.3, 0.9);
  if (onTable) {
    const size: Vec3 = [uniform(random, 1.2, 2.2), uniform(random, 1, 1.6), top];
    const placement = upright([0, 0, top / 2], 2 * Math.PI * random(), size);
    objects.push({
      mesh: table(random),
      material: randomMaterial(random, { tilesPerMeter: uniform(random, 0.4, 2) }),
      placement,
    });
  }
  const targets: Vec3[] = [];
  const things = 1 + randomInteger(random, 6);
  for (let i = 0; i < things; i++) {
    const size = logUniform(random, 0.25, onTable ? 0.7 : 1.3);
    const at: Vec3 = [spread * gaussian(random), spread * gaussian(random), top];
    objects.push(
      ...placeComposite(randomComposite(random, { ...options, size }), upright(at, 2 * Math.PI * random(), size)),
    );
    targets.push([at[0], at[1], top + 0.35 * size]);
  }
  const surrounding = 2 + randomInteger(random, 7);
  // Clutter around, out of the photographer's way.
  for (let i = 0; i < surrounding; i++) {
    const angle = 2 * Math.PI * random();
    const distance = uniform(random, 3.4, 6);
    const size = logUniform(random, 0.6, 2.4);
    const at: Vec3 = [distance * Math.cos(angle), distance * Math.sin(angle), 0];
    objects.push(...placeComposite(randomComposite(random, { ...options, size }), upright(at, angle, size)));
  }
  const sky = randomSky(random);
  const walls = random() < 0.6 ? 1 + randomInteger(random, 4) : 0;
  for (let i = 0; i < walls; i++) {
    const [x, y] = [
      [7, 0],
      [0, 7],
      [-7, 0],
      [0, -7],
    ][i] as [number, number];
    objects.push(slab(random, x === 0 ? [14, 0.2, 5] : [0.2, 14, 5], [x, y, 2.5]));
  }
  const lights: Light[] = random() < 0.5 ? sunLight(random, sky) : [];
  const lamps = 1 + randomInteger(random, 2);
  for (let i = 0; i < lamps; i++) {
    const tint: Vec3 = [1, uniform(random, 0.8, 1), uniform(random, 0.6, 1)];
    lights.push({
      kind: "lamp",
      position: [2 * gaussian(random), 2 * gaussian(random), uniform(random, 2.5, 4)],
      color: scale(tint, uniform(random, 3, 9)),
    });
  }
  return {
    objects,
    targets,
    lights,
    sky,
    ambient: uniform(random, 0.3, 1),
    region: { min: [-2.8, -2.8, 0.25], max: [2.8, 2.8, 2.6] },
  };
}

function slab(random: Random, size: Vec3, origin: Vec3): SceneObject {
  const material: Material = randomMaterial(random, { tilesPerMeter: logUniform(random, 0.15, 0.8) });
  return { mesh: box(size), material, placement: upright(origin) };
}

/** Things of all sizes hovering in a textured hall or under the sky: there are no priors to exploit, only matches. */
export function floatingLayout(random: Random, options: LayoutOptions): SceneLayout {
  const objects: SceneObject[] = [];
  const targets: Vec3[] = [];
  const extent = uniform(random, 5, 9);
  const things = 18 + randomInteger(random, 22);
  for (let i = 0; i < things; i++) {
    const size = logUniform(random, 0.3, 2);
    const at: Vec3 = [
      extent * uniform(random, -0.5, 0.5),
      extent * uniform(random, -0.5, 0.5),
      extent * uniform(random, -0.4, 0.4),
    ];
    const placement: Placement = { axes: randomAxes(random, size), origin: at };
    objects.push(...placeComposite(randomComposite(random, { ...options, size }), placement));
    targets.push(at);
  }
  const half = extent * 0.75;
  const wall = 0.3;
  for (let axis = 0; axis < 3; axis++) {
    for (const side of [-1, 1]) {
      if (axis === 2 ? side > 0 && random() < 0.5 : random() < 0.2) continue;
      const size: [number, number, number] = [2 * half, 2 * half, 2 * half];
      const origin: [number, number, number] = [0, 0, 0];
      size[axis] = wall;
      origin[axis] = side * half;
      objects.push(slab(random, size, origin));
    }
  }
  const sky = randomSky(random);
  const lights: Light[] = [
    ...sunLight(random, sky),
    { kind: "lamp", position: [0, 0, 0.3 * extent], color: scale([1, 0.95, 0.9], extent * extent * 0.12) },
  ];
  return {
    objects,
    targets,
    lights,
    sky,
    ambient: uniform(random, 0.3, 0.9),
    region: { min: scale([1, 1, 0.9], -0.62 * extent), max: scale([1, 1, 0.9], 0.62 * extent) },
  };
}
