import { gaussian, type Random, randomInteger } from "../core/random.ts";
import { logUniform, uniform } from "./choice.ts";
import { materialAtSize, placeComposite, randomComposite, rocks, tree } from "./composite.ts";
import { waveField } from "./deform.ts";
import { type Material, randomMaterial } from "./material.ts";
import { type Placement, shifted, upright } from "./placement.ts";
import { shelf, stairs, table, vessel } from "./primitive.ts";
import type { LayoutOptions, SceneLayout } from "./scene-layout.ts";
import type { Light, SceneObject } from "./scene-model.ts";
import { randomSky, type Sky } from "./sky.ts";
import { box, heightField, wireframe } from "./solids.ts";
import { scale, type Vec3 } from "./vec3.ts";
import { sides, wallMesh, windowBars, windowGrid } from "./wall.ts";

/** A square or court: facades on one to four sides, steps, columns, trees, fences and things standing around. */
export function courtLayout(random: Random, options: LayoutOptions): SceneLayout {
  const [width, depth] = [logUniform(random, 8, 24), logUniform(random, 8, 24)];
  const sky = randomSky(random);
  const objects: SceneObject[] = [ground(random, 70, 0.03)];
  const targets: Vec3[] = [];
  const facades = sides(width, depth).filter((_, i) => i === 0 || random() < 0.65);
  for (const { placement, length } of facades) {
    objects.push(...facade(random, placement, length));
    targets.push(shifted(placement, [length * uniform(random, 0.2, 0.8), 0, uniform(random, 1, 3)]).origin);
  }
  scatter(
    random,
    options,
    { count: 5 + randomInteger(random, 9), width: 0.75 * width, depth: 0.75 * depth, height: () => 0 },
    objects,
    targets,
  );
  return outdoors(random, { objects, targets, sky, width: width - 1, depth: depth - 1, height: () => 0 });
}

/** Open land: hills, rocks, trees, huts, and things standing around. */
export function landscapeLayout(random: Random, options: LayoutOptions): SceneLayout {
  const sky = randomSky(random);
  const size = logUniform(random, 10, 26);
  const relief = waveField(random, uniform(random, 8, 20));
  const bumps = waveField(random, uniform(random, 1.5, 4));
  const amplitude = uniform(random, 0.1, 0.9);
  const height = (x: number, y: number): number =>
    amplitude * relief([x, y, 0]) + 0.05 * bumps([x, y, 0]) + 0.004 * Math.max(0, Math.hypot(x, y) - size) ** 2;
  const material = randomMaterial(random, { tilesPerMeter: logUniform(random, 0.15, 0.7), glossy: false });
  const objects: SceneObject[] = [
    { mesh: heightField(70, Math.round(44 * options.detail), height), material, placement: upright([0, 0, 0]) },
  ];
  const targets: Vec3[] = [];
  const huts = randomInteger(random, 4);
  for (let hut = 0; hut < huts; hut++) {
    const [x, y] = [0.5 * size * gaussian(random), size * (0.5 + random())];
    objects.push(
      ...building(random, [x, y, height(x, y) - 0.5], { width: uniform(random, 4, 9), depth: uniform(random, 4, 9) }),
    );
  }
  scatter(
    random,
    options,
    { count: 10 + randomInteger(random, 12), width: size, depth: size, height },
    objects,
    targets,
  );
  return outdoors(random, { objects, targets, sky, width: size, depth: size, height });
}

function outdoors(
  random: Random,
  {
    objects,
    targets,
    sky,
    width,
    depth,
    height,
  }: {
    objects: SceneObject[];
    targets: Vec3[];
    sky: Sky;
    width: number;
    depth: number;
    height: (x: number, y: number) => number;
  },
): SceneLayout {
  return {
    objects,
    targets,
    sky,
    lights: sunLight(random, sky),
    ambient: 1,
    ground: height,
    region: {
      min: [-width / 2, -depth / 2, 0.4],
      max: [width / 2, depth / 2, random() < 0.8 ? 2.2 : 5],
    },
  };
}

/** The sun of a sky; under clouds there is none. */
export function sunLight(random: Random, sky: Sky): Light[] {
  if (sky.glow[0] === 0) return [];
  const strength = uniform(random, 0.8, 2.6);
  return [{ kind: "sun", position: sky.sun, color: [strength, 0.94 * strength, 0.82 * strength] }];
}

function ground(random: Random, size: number, amplitude: number): SceneObject {
  const bumps = waveField(random, 5);
  const material = randomMaterial(random, { tilesPerMeter: logUniform(random, 0.2, 0.8) });
  return {
    mesh: heightField(size, 24, (x, y) => amplitude * (bumps([x, y, 0]) - 1)),
    material,
    placement: upright([0, 0, 0]),
  };
}

/** A front with recessed windows, its glass, a plinth and cornices; height and stone are drawn where left out. */
export function facade(
  random: Random,
  placement: Placement,
  length: number,
  height: number = logUniform(random, 2.5, 11),
  masonry?: Material,
): SceneObject[] {
  const openings = windowGrid(random, length, height);
  const stone = masonry ?? randomMaterial(random, { tilesPerMeter: logUniform(random, 0.2, 0.8), glossy: false });
  const trim = random() < 0.5 ? stone : randomMaterial(random);
  const glass: Material = {
    ...randomMaterial(random, { base: [0.03, 0.035, 0.045], contrast: 0.3, glossy: true }),
    reflectance: 0.12,
    roughness: 0.08,
    metallic: false,
  };
  const objects: SceneObject[] = [
    { mesh: wallMesh({ length, height, thickness: 0.35 }, openings), material: stone, placement },
    {
      mesh: box([length, 0.05, height]),
      material: glass,
      placement: shifted(placement, [length / 2, 0.3, height / 2]),
    },
    { mesh: box([length, 0.5, 0.3]), material: trim, placement: shifted(placement, [length / 2, 0.1, height]) },
  ];
  if (random() < 0.5) {
    objects.push({
      mesh: box([length, 0.16, uniform(random, 0.2, 0.8)]),
      material: trim,
      placement: shifted(placement, [length / 2, 0, 0.2]),
    });
  }
  const bars = random() < 0.8;
  if (bars && openings.length < 40) {
    for (const opening of openings) objects.push(...windowBars(opening, trim, placement, 0.22));
  }
  return objects;
}

/** A house with four fronts and a flat or gabled roof. */
function building(random: Random, origin: Vec3, { width, depth }: { width: number; depth: number }): SceneObject[] {
  const stone = randomMaterial(random, { tilesPerMeter: logUniform(random, 0.2, 0.8), glossy: false });
  const height = uniform(random, 3, 7);
  const objects: SceneObject[] = [
    {
      mesh: box([width - 0.6, depth - 0.6, height]),
      material: materialAtSize(random, 3),
      placement: upright([origin[0], origin[1], origin[2] + height / 2]),
    },
  ];
  for (const { placement, length } of sides(width, depth)) {
    // Turned about z by half a turn: a front seen from outside.
    const outside: Placement = {
      axes: [scale(placement.axes[0], -1), scale(placement.axes[1], -1), placement.axes[2]],
      origin: [0, 0, 0],
    };
    const corner = shifted(
      { ...placement, origin: [origin[0] + placement.origin[0], origin[1] + placement.origin[1], origin[2]] },
      [length, 0, 0],
    ).origin;
    const openings = windowGrid(random, length, height);
    objects.push({
      mesh: wallMesh({ length, height, thickness: 0.25 }, openings),
      material: stone,
      placement: { ...outside, origin: corner },
    });
  }
  objects.push({
    mesh: box([width + 0.8, depth + 0.8, 0.3]),
    material: materialAtSize(random, 2),
    placement: upright([origin[0], origin[1], origin[2] + height + 0.15]),
  });
  return objects;
}

/** Trees, rocks, furniture, columns, fences, steps and composites on the ground. */
function scatter(
  random: Random,
  options: LayoutOptions,
  place: { count: number; width: number; depth: number; height: (x: number, y: number) => number },
  objects: SceneObject[],
  targets: Vec3[],
): void {
  for (let i = 0; i < place.count; i++) {
    const [x, y] = [place.width * uniform(random, -0.5, 0.5), place.depth * uniform(random, -0.5, 0.5)];
    const at: Vec3 = [x, y, place.height(x, y) - 0.03];
    const kind = random();
    const yaw = 2 * Math.PI * random();
    if (kind < 0.16) {
      const size = uniform(random, 2, 5);
      objects.push(...placeComposite(tree(random, { ...options, size }), upright(at, yaw, size)));
    } else if (kind < 0.3) {
      const size = logUniform(random, 0.4, 2);
      objects.push(
        ...placeComposite(rocks(random, { ...options, size }), upright([x, y, at[2] - 0.15 * size], yaw, size)),
      );
    } else if (kind < 0.5) {
      objects.push(structure(random, options, at, yaw));
    } else {
      const size = logUniform(random, 0.5, 2.6);
      objects.push(...placeComposite(randomComposite(random, { ...options, size }), upright(at, yaw, size)));
    }
    targets.push([x, y, at[2] + uniform(random, 0.3, 1.2)]);
  }
}

/** A bench, shelf, column, flight of steps or fence. */
function structure(random: Random, { detail }: LayoutOptions, at: Vec3, yaw: number): SceneObject {
  const standing = (size: Vec3): Placement => upright([at[0], at[1], at[2] + size[2] / 2], yaw, size);
  const material = materialAtSize(random, 1.5);
  const kind = random();
  if (kind < 0.2)
    return {
      mesh: table(random),
      material,
      placement: standing([uniform(random, 1, 2.2), 0.6, uniform(random, 0.4, 0.9)]),
    };
  if (kind < 0.35) return { mesh: shelf(random), material, placement: standing([1.4, 1.4, uniform(random, 1, 2)]) };
  if (kind < 0.65)
    return { mesh: vessel(random, detail), material, placement: standing([0.9, 0.9, uniform(random, 0.8, 4)]) };
  if (kind < 0.8)
    return {
      mesh: stairs(3 + randomInteger(random, 5)),
      material,
      placement: standing([1.8, 2, uniform(random, 0.5, 1.2)]),
    };
  const posts = 5 + randomInteger(random, 10);
  const edges = Array.from({ length: posts }, (_, i): [Vec3, Vec3] => [
    [i * 0.35, 0, 0],
    [i * 0.35, 0, 1],
  ]);
  const end = (posts - 1) * 0.35;
  edges.push(
    [
      [0, 0, 0.85],
      [end, 0, 0.85],
    ],
    [
      [0, 0, 0.25],
      [end, 0, 0.25],
    ],
  );
  return { mesh: wireframe(edges, uniform(random, 0.015, 0.04)), material, placement: upright(at, yaw) };
}
