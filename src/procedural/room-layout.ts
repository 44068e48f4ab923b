import { gaussian, type Random, randomInteger } from "../core/random.ts";
import { logUniform, pick, uniform } from "./choice.ts";
import { materialAtSize, placeComposite, randomComposite } from "./composite.ts";
import { type Material, randomMaterial } from "./material.ts";
import { type Placement, placePoint, shifted, upright } from "./placement.ts";
import { shelf, table } from "./primitive.ts";
import type { LayoutOptions, SceneLayout } from "./scene-layout.ts";
import type { Light, SceneObject } from "./scene-model.ts";
import { randomSky } from "./sky.ts";
import { box, ellipsoid, stick } from "./solids.ts";
import { scale, type Vec3 } from "./vec3.ts";
import { type Opening, sides, wallMesh, windowBars } from "./wall.ts";

const WALL = 0.25;

/** A room with windows, doors, furniture, pictures, and clutter on floor, walls and ceiling. */
export function roomLayout(random: Random, options: LayoutOptions): SceneLayout {
  const [width, depth, height] = [logUniform(random, 3.2, 9), logUniform(random, 3.2, 9), uniform(random, 2.4, 4)];
  const objects: SceneObject[] = [];
  const targets: Vec3[] = [];
  shell(random, { width, depth, height }, objects);

  const clutter = 6 + randomInteger(random, 11);
  for (let i = 0; i < clutter; i++) {
    const size = logUniform(random, 0.3, 1.6);
    const reach = (extent: number): number => (extent - size) * uniform(random, -0.5, 0.5);
    const at: Vec3 = [reach(width), reach(depth), 0];
    const kind = random();
    if (kind < 0.3) objects.push(...furniture(random, options, at, targets));
    else if (kind < 0.85) {
      objects.push(...placeComposite(randomComposite(random, { ...options, size }), upright(at, turn(random), size)));
      targets.push([at[0], at[1], size / 2]);
    } else {
      const lifted: Vec3 = [at[0], at[1], height - size * uniform(random, 0.6, 1)];
      objects.push(
        ...placeComposite(
          randomComposite(random, { ...options, size: size / 2 }),
          upright(lifted, turn(random), size / 2),
        ),
      );
      targets.push(lifted);
    }
  }
  return {
    objects,
    targets,
    lights: lamps(random, { width, depth, height }, objects),
    sky: randomSky(random),
    ambient: uniform(random, 0.1, 0.45),
    region: {
      min: [-width / 2 + 0.25, -depth / 2 + 0.25, 0.5],
      max: [width / 2 - 0.25, depth / 2 - 0.25, Math.min(height - 0.3, 2.2)],
    },
  };
}

function turn(random: Random): number {
  return random() < 0.6 ? (Math.PI / 2) * randomInteger(random, 4) + 0.03 * gaussian(random) : 2 * Math.PI * random();
}

interface RoomSize {
  readonly width: number;
  readonly depth: number;
  readonly height: number;
}

function shell(random: Random, { width, depth, height }: RoomSize, objects: SceneObject[]): void {
  const large: Vec3 = [width + 2 * WALL, depth + 2 * WALL, WALL];
  const floor = randomMaterial(random, { tilesPerMeter: logUniform(random, 0.25, 1) });
  const ceiling = randomMaterial(random, {
    base: scale([1, 0.98, 0.94], uniform(random, 0.5, 0.85)),
    contrast: 0.3 * random(),
    glossy: false,
  });
  const plain = randomMaterial(random, { tilesPerMeter: logUniform(random, 0.2, 1), glossy: false });
  objects.push(
    { mesh: box(large), material: floor, placement: upright([0, 0, -WALL / 2]) },
    { mesh: box(large), material: ceiling, placement: upright([0, 0, height + WALL / 2]) },
    { mesh: box([80, 80, 0.2]), material: randomMaterial(random, { glossy: false }), placement: upright([0, 0, -0.6]) },
  );
  const trim = randomMaterial(random);
  for (const { placement, length } of sides(width, depth)) {
    const material = random() < 0.6 ? plain : randomMaterial(random, { tilesPerMeter: logUniform(random, 0.2, 1) });
    const openings = random() < 0.55 ? wallOpenings(random, length, height) : [];
    objects.push({ mesh: wallMesh({ length, height, thickness: WALL }, openings), material, placement });
    for (const opening of openings) {
      if (opening.bottom > 0 && random() < 0.8) objects.push(...windowBars(opening, trim, placement, 0.1));
    }
    if (random() < 0.6) {
      objects.push({
        mesh: box([length, 0.03, 0.1]),
        material: trim,
        placement: shifted(placement, [length / 2, -0.015, 0.05]),
      });
    }
    if (openings.length === 0) decorate(random, placement, { length, height }, objects);
  }
}

function wallOpenings(random: Random, length: number, height: number): Opening[] {
  const count = 1 + randomInteger(random, Math.max(1, Math.floor(length / 2)));
  return Array.from({ length: count }, (_, i) => {
    const pitch = length / count;
    const width = pitch * uniform(random, 0.3, 0.7);
    const left = i * pitch + (pitch - width) * uniform(random, 0.2, 0.8);
    const door = random() < 0.25;
    return {
      left,
      right: left + width,
      bottom: door ? 0 : height * uniform(random, 0.2, 0.4),
      top: height * uniform(random, 0.65, 0.88),
    };
  });
}

/** Pictures, panels, boards and rods on a closed wall. */
function decorate(
  random: Random,
  wall: Placement,
  size: { length: number; height: number },
  objects: SceneObject[],
): void {
  const pieces = randomInteger(random, 6);
  for (let i = 0; i < pieces; i++) {
    const [w, h] = [uniform(random, 0.2, 1.2), uniform(random, 0.2, 1)];
    const at: Vec3 = [uniform(random, 0.1, 0.9) * size.length, -0.02, uniform(random, 0.25, 0.8) * size.height];
    if (random() < 0.75) {
      const picture = randomMaterial(random, { tilesPerMeter: logUniform(random, 0.5, 1.5) / w });
      objects.push({ mesh: box([w, 0.03, h]), material: picture, placement: shifted(wall, at) });
      if (random() < 0.5) {
        const frame = randomMaterial(random, { contrast: 0.1 });
        objects.push({
          mesh: box([w + 0.1, 0.02, h + 0.1]),
          material: frame,
          placement: shifted(wall, [at[0], 0, at[2]]),
        });
      }
    } else {
      const upward = random() < 0.5;
      const end: Vec3 = upward ? [0, -0.05, h * 1.5] : [w * 1.5, -0.05, 0];
      objects.push({
        mesh: stick([0, -0.05, 0], end, 0.025),
        material: materialAtSize(random, 1),
        placement: shifted(wall, at),
      });
    }
  }
}

function furniture(random: Random, options: LayoutOptions, at: Vec3, targets: Vec3[]): SceneObject[] {
  const isTable = random() < 0.6;
  const size: Vec3 = isTable
    ? [uniform(random, 0.7, 2), uniform(random, 0.6, 1.1), uniform(random, 0.4, 1)]
    : [uniform(random, 0.6, 1.6), uniform(random, 0.6, 1), uniform(random, 0.8, 2.1)];
  const placement = upright([at[0], at[1], size[2] / 2], turn(random), size);
  const material: Material = materialAtSize(random, size[0]);
  const objects: SceneObject[] = [{ mesh: isTable ? table(random) : shelf(random), material, placement }];
  const onTop = isTable ? 1 + randomInteger(random, 4) : randomInteger(random, 2);
  for (let i = 0; i < onTop; i++) {
    const small = uniform(random, 0.12, 0.45);
    const spot = placePoint(placement, [uniform(random, -0.35, 0.35), uniform(random, -0.3, 0.3), 0.5]);
    objects.push(
      ...placeComposite(randomComposite(random, { ...options, size: small }), upright(spot, turn(random), small)),
    );
    targets.push(spot);
  }
  targets.push([at[0], at[1], size[2] / 2]);
  return objects;
}

function lamps(random: Random, { width, depth, height }: RoomSize, objects: SceneObject[]): Light[] {
  const lights: Light[] = [];
  const count = 1 + randomInteger(random, 3);
  for (let i = 0; i < count; i++) {
    const tint: Vec3 = [1, uniform(random, 0.75, 1), uniform(random, 0.5, 1)];
    const position: Vec3 = [
      uniform(random, -0.35, 0.35) * width,
      uniform(random, -0.35, 0.35) * depth,
      height - uniform(random, 0.25, 0.7),
    ];
    const power = (uniform(random, 0.5, 1.2) * height * height) / count;
    lights.push({ kind: "lamp", position, color: scale(tint, power) });
    if (random() < 0.6) {
      const bulb = { ...randomMaterial(random, { base: tint, contrast: 0, glossy: false }), emission: 3 };
      const above: Vec3 = [position[0], position[1], position[2] + 0.16];
      objects.push({ mesh: ellipsoid([0.12, 0.12, 0.08], 12, 8), material: bulb, placement: upright(above) });
      objects.push({
        mesh: stick([0, 0, 0], [0, 0, height - above[2]], 0.012),
        material: pick(random, objects).material,
        placement: upright(above),
      });
    }
  }
  if (random() < 0.4) {
    const angle = 2 * Math.PI * random();
    lights.push({
      kind: "sun",
      position: [Math.cos(angle), Math.sin(angle), uniform(random, 0.4, 1)],
      color: [3, 2.7, 2.2],
    });
  }
  return lights;
}
