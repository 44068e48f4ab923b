import { gaussian, type Random, randomInteger } from "../../core/random.ts";
import { logUniform, pick, uniform } from "../choice.ts";
import { placeComposite } from "../composite.ts";
import type { Material } from "../material.ts";
import { type Placement, placePoint, shifted, upright } from "../placement.ts";
import type { LayoutOptions, SceneLayout } from "../scene-layout.ts";
import type { Light, SceneObject } from "../scene-model.ts";
import type { Walk } from "../shot.ts";
import { randomSky } from "../sky.ts";
import { box, ellipsoid } from "../solids.ts";
import { scale, type Vec3 } from "../vec3.ts";
import { type Opening, sides, wallMesh, windowBars } from "../wall.ts";
import { smallThing } from "./clutter.ts";
import { centered, extentOf, type Furnish, type Furnishing, inUse } from "./furnishing.ts";
import { basin, bathtub, toilet } from "./furniture/bathroom.ts";
import { bed } from "./furniture/bedroom.ts";
import { curtain } from "./furniture/fittings.ts";
import { appliance, counter } from "./furniture/kitchen.ts";
import { oddment, sofa } from "./furniture/living-room.ts";
import { chair, diningTable } from "./furniture/seats.ts";
import { bookcase, cupboard } from "./furniture/storage.ts";
import { desk } from "./furniture/study.ts";
import { block, part } from "./parts.ts";
import { passersBy } from "./person.ts";
import { cloth, metal, paint, plain, print, tiles, wallpaper, wood } from "./surfaces.ts";
import { forward, orbit, type Region, roam } from "./walk.ts";

/** What makes a kind of room. */
interface RoomProgram {
  /** Short and long side of the floor in meters. */
  readonly width: readonly [number, number];
  readonly depth: readonly [number, number];
  readonly floor: readonly ((random: Random) => Material)[];
  readonly wall: readonly ((random: Random) => Material)[];
  /** Along the walls, in the order in which they are tried. */
  readonly along: readonly Furnish[];
  /** In the middle. */
  readonly free: readonly Furnish[];
}

const BATHROOM: RoomProgram = {
  width: [1, 2.2],
  depth: [1.6, 3.2],
  floor: [tiles, tiles, wood],
  wall: [tiles, tiles, paint],
  along: [toilet, basin, bathtub, oddment, cupboard],
  free: [],
};
const KITCHEN: RoomProgram = {
  width: [1.8, 3.8],
  depth: [2.4, 5],
  floor: [tiles, wood, wood],
  wall: [paint, paint, tiles, wallpaper],
  along: [counter, appliance, counter, appliance, cupboard, oddment],
  free: [diningTable, chair],
};
const CORRIDOR: RoomProgram = {
  width: [1, 2],
  depth: [3.5, 11],
  floor: [wood, tiles, cloth],
  wall: [paint, paint, wallpaper],
  along: [cupboard, oddment, bookcase, oddment, chair],
  free: [],
};
const STUDY: RoomProgram = {
  width: [2, 4.2],
  depth: [2.4, 6],
  floor: [cloth, wood, wood],
  wall: [paint, paint, wallpaper],
  along: [desk, desk, bookcase, cupboard, bookcase, oddment, oddment],
  free: [chair, chair, diningTable],
};
const BEDROOM: RoomProgram = {
  width: [2.4, 4.2],
  depth: [2.6, 5],
  floor: [wood, cloth],
  wall: [paint, wallpaper],
  along: [bed, cupboard, desk, bookcase, oddment, oddment],
  free: [chair, oddment],
};
const LIVING_ROOM: RoomProgram = {
  width: [3, 6.5],
  depth: [3.5, 9],
  floor: [wood, wood, cloth, tiles],
  wall: [paint, paint, wallpaper],
  along: [sofa, bookcase, cupboard, sofa, desk, bookcase, oddment, oddment, cupboard],
  free: [diningTable, sofa, chair, oddment, diningTable],
};

const WALL = 0.15;
/** Share of rooms photographed as one thing in them, from close by. */
const CLOSE_UPS = 0.45;

type Design = (random: Random, options: LayoutOptions) => SceneLayout;

/** A bathroom of 1 to 3 m: tiles, porcelain and a mirror. */
export const bathroomLayout: Design = (random, options) => room(random, BATHROOM, options);
/** A kitchen: counters, appliances, a table with chairs. */
export const kitchenLayout: Design = (random, options) => room(random, KITCHEN, options);
/** A corridor of 3.5 to 11 m, with doors and little furniture. */
export const corridorLayout: Design = (random, options) => room(random, CORRIDOR, options);
/** A study or office: desks with screens, books, chairs. */
export const studyLayout: Design = (random, options) => room(random, STUDY, options);
/** A bedroom: a bed, cupboards, a desk. */
export const bedroomLayout: Design = (random, options) => room(random, BEDROOM, options);
/** A living room of up to 9 m: sofas, shelves, tables. */
export const livingRoomLayout: Design = (random, options) => room(random, LIVING_ROOM, options);

/** A rectangle of the floor that is taken. */
interface Footprint {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** A thing worth a photo and how large it is. */
interface Sight {
  readonly at: Vec3;
  readonly size: number;
}

/** A room of ordinary size, furnished along its walls, photographed by somebody who stands in it. */
function room(random: Random, program: RoomProgram, { models = [] }: LayoutOptions): SceneLayout {
  const [width, depth] = [logUniform(random, ...program.width), logUniform(random, ...program.depth)];
  const height = uniform(random, 2.25, 3);
  const objects = [...shell(random, program, { width, depth, height })];
  const taken: Footprint[] = [];
  const sights: Sight[] = [];
  const walls = sides(width, depth);
  const props = models.filter((model) => extentOf(model) < 0.5);
  const pieces = models.filter((model) => extentOf(model) >= 0.5 && model.height < height - 0.1);
  const drawn = (furnish: Furnish): Furnishing => {
    return pieces.length > 0 && random() < 0.6 ? pick(random, pieces) : furnish(random);
  };
  const put = (piece: Furnishing, at: Placement): boolean => {
    if (!claim(taken, at, piece)) return false;
    objects.push(...placeComposite(inUse(random, piece, props), at));
    sights.push(...sightsOf(random, at, piece));
    return true;
  };
  for (const furnish of [...program.along, ...program.along]) {
    if (random() < 0.15) continue;
    const piece = drawn(furnish);
    for (let attempt = 0; attempt < 6; attempt++) {
      const { placement, length } = pick(random, walls);
      if (piece.width > length) continue;
      const along = uniform(random, piece.width / 2, length - piece.width / 2);
      if (put(piece, shifted(placement, [along, -0.01, 0]))) break;
    }
  }
  for (const furnish of program.free) {
    if (random() < 0.3) continue;
    const yaw = random() < 0.6 ? (Math.PI / 2) * randomInteger(random, 4) : 2 * Math.PI * random();
    const at: Vec3 = [uniform(random, -0.35, 0.35) * width, uniform(random, -0.35, 0.35) * depth, 0];
    put(drawn(furnish), upright(at, yaw));
  }
  for (let odds = randomInteger(random, 4); odds > 0; odds--) {
    const at: Vec3 = [uniform(random, -0.45, 0.45) * width, uniform(random, -0.45, 0.45) * depth, 0.002];
    const thing = props.length > 0 && random() < 0.5 ? centered(pick(random, props)) : smallThing(random);
    objects.push(...placeComposite(thing, upright(at, 2 * Math.PI * random())));
  }
  const margin = 0.12;
  const region: Region = {
    min: [margin - width / 2, margin - depth / 2, random() < 0.25 ? 0.3 : 0.9],
    max: [width / 2 - margin, depth / 2 - margin, Math.min(height - 0.2, 1.9)],
  };
  if (sights.length === 0) sights.push({ at: [0, depth / 2, 1], size: 1 });
  return {
    objects: [...objects, ...passersBy(random, region, 0.06)],
    lights: lamps(random, { width, depth, height }, objects),
    sky: randomSky(random),
    ambient: uniform(random, 0.2, 0.7),
    region,
    nearest: 0.12,
    targets: sights.map(({ at }) => at),
    walk: (walkRandom, count) => indoorWalk(walkRandom, { region, sights, count }),
  };
}

function indoorWalk(
  random: Random,
  { region, sights, count }: { region: Region; sights: readonly Sight[]; count: number },
): Walk {
  const kind = random();
  if (kind < CLOSE_UPS) {
    const { at, size } = pick(random, sights);
    const low: Region = { min: [region.min[0], region.min[1], 0.15], max: region.max };
    return orbit(random, { target: at, size, elevation: [0.05, 1.35], distance: [0.2, 3], region: low });
  }
  const targets = sights.map(({ at }) => at);
  const long = region.max[1] - region.min[1];
  if (kind < 0.55 && long > 2.5) {
    const [x, z] = [uniform(random, 0.3, 0.7) * (region.min[0] + region.max[0]), uniform(random, 1.1, 1.7)];
    return forward(random, [x, region.min[1], z], [x, region.max[1], z], count);
  }
  return roam(random, region, targets);
}

/** Takes the floor under a piece of furniture; false where something stands there already. */
function claim(taken: Footprint[], at: Placement, { width, depth }: { width: number; depth: number }): boolean {
  const corners = [-1, 1].flatMap((i) => [0, -depth].map((y) => placePoint(at, [(i * width) / 2, y, 0])));
  const span = (axis: 0 | 1): [number, number] => [
    Math.min(...corners.map((corner) => corner[axis])),
    Math.max(...corners.map((corner) => corner[axis])),
  ];
  const own: Footprint = { x: span(0), y: span(1) };
  const meet = (a: readonly [number, number], b: readonly [number, number]): boolean => a[0] < b[1] && b[0] < a[1];
  if (taken.some(({ x, y }) => meet(x, own.x) && meet(y, own.y))) return false;
  taken.push(own);
  return true;
}

function sightsOf(
  random: Random,
  at: Placement,
  { width, depth, height }: { width: number; depth: number; height: number },
): Sight[] {
  const size = Math.max(width, Math.min(height, 1.2));
  const whole: Sight = { at: placePoint(at, [0, -depth / 2, 0.5 * height]), size };
  const detail: Vec3 = [
    width * uniform(random, -0.4, 0.4),
    -depth * uniform(random, 0.2, 0.9),
    height * uniform(random, 0.4, 1),
  ];
  return [whole, { at: placePoint(at, detail), size: logUniform(random, 0.2, 0.6) }];
}

interface RoomSize {
  readonly width: number;
  readonly depth: number;
  readonly height: number;
}

function shell(random: Random, program: RoomProgram, { width, depth, height }: RoomSize): SceneObject[] {
  const slab: Vec3 = [width + 2 * WALL, depth + 2 * WALL, 0.2];
  const objects = [
    part(pick(random, program.floor)(random), box(slab), [0, 0, -0.1]),
    part(random() < 0.85 ? paint(random) : wood(random), box(slab), [0, 0, height + 0.1]),
    part(pick(random, [cloth, print])(random, 3), box([60, 60, 0.2]), [0, 0, -3]),
  ];
  if (random() < 0.35) {
    const rug: Vec3 = [width * uniform(random, 0.3, 0.7), depth * uniform(random, 0.3, 0.7), 0.012];
    objects.push(block(cloth(random), rug, [0.1 * width * gaussian(random), 0.1 * depth * gaussian(random), 0]));
  }
  const main = pick(random, program.wall)(random);
  const frame = random() < 0.6 ? paint(random) : wood(random);
  const windowed = randomInteger(random, 4);
  sides(width, depth).forEach(({ placement, length }, i) => {
    const material = random() < 0.8 ? main : pick(random, program.wall)(random);
    const openings = i === windowed && length > 1 ? [windowOf(random, length, height)] : [];
    objects.push({ mesh: wallMesh({ length, height, thickness: WALL }, openings), material, placement });
    const here = (parts: readonly SceneObject[], x: number): void => {
      objects.push(...placeComposite(parts, shifted(placement, [x, 0, 0])));
    };
    if (random() < 0.7) here([block(frame, [length, 0.02, uniform(random, 0.06, 0.14)], [0, -0.01, 0])], length / 2);
    for (const opening of openings) {
      objects.push(...windowBars(opening, frame, placement, 0.06));
      const [w, x] = [opening.right - opening.left, (opening.left + opening.right) / 2];
      if (random() < 0.5) here(radiator(random, w), x);
      if (random() < 0.5) {
        const side = random() < 0.5 ? -1 : 1;
        const hanging = {
          width: w * uniform(random, 0.2, 0.6),
          bottom: random() < 0.5 ? 0.1 : opening.bottom,
          top: opening.top + 0.1,
          y: -0.1,
        };
        here(curtain(random, hanging), x + side * w * 0.4);
      }
    }
    if (openings.length === 0 && length > 1 && random() < 0.4) here(door(random), uniform(random, 0.5, length - 0.5));
    for (let pieces = openings.length === 0 ? randomInteger(random, 4) : 0; pieces > 0; pieces--) {
      here(picture(random), uniform(random, 0.1, 0.9) * length);
    }
  });
  return objects;
}

function windowOf(random: Random, length: number, height: number): Opening {
  const width = length * uniform(random, 0.3, 0.7);
  const left = (length - width) * uniform(random, 0.2, 0.8);
  return { left, right: left + width, bottom: uniform(random, 0.7, 1.2), top: height - uniform(random, 0.15, 0.4) };
}

function radiator(random: Random, width: number): SceneObject[] {
  const white = plain(random);
  const count = Math.max(3, Math.round((0.8 * width) / 0.08));
  return Array.from({ length: count }, (_, i) =>
    block(white, [0.06, 0.07, 0.5], [(i - count / 2) * 0.08, -0.06, 0.12]),
  );
}

/** A closed door in its frame. */
function door(random: Random): SceneObject[] {
  const [leaf, frame] = [random() < 0.5 ? wood(random) : plain(random), random() < 0.5 ? wood(random) : plain(random)];
  const panel = (z: number, h: number): SceneObject => block(leaf, [0.55, 0.015, h], [0, -0.035, z]);
  return [
    block(leaf, [0.82, 0.03, 2], [0, -0.015, 0]),
    ...[-1, 1].map((i) => block(frame, [0.08, 0.05, 2.06], [0.45 * i, -0.025, 0])),
    block(frame, [0.98, 0.05, 0.08], [0, -0.025, 2]),
    ...(random() < 0.6 ? [panel(0.2, 0.6), panel(1, 0.8)] : []),
    block(metal(random), [0.12, 0.05, 0.02], [0.3, -0.05, 1.02]),
  ];
}

/** A picture, notice or clock on a wall. */
function picture(random: Random): SceneObject[] {
  const [w, h, z] = [logUniform(random, 0.15, 1), logUniform(random, 0.15, 0.9), uniform(random, 1.1, 1.7)];
  const inner = block(print(random, w), [w, 0.02, h], [0, -0.015, z]);
  if (random() < 0.4) return [inner];
  const frame = random() < 0.5 ? wood(random) : plain(random);
  return [block(frame, [w + 0.06, 0.02, h + 0.06], [0, -0.01, z - 0.03]), inner];
}

function lamps(random: Random, { width, depth, height }: RoomSize, objects: SceneObject[]): Light[] {
  const lights: Light[] = [];
  const count = 1 + randomInteger(random, 2);
  for (let i = 0; i < count; i++) {
    const tint: Vec3 = [1, uniform(random, 0.78, 1), uniform(random, 0.55, 1)];
    const position: Vec3 = [
      uniform(random, -0.3, 0.3) * width,
      uniform(random, -0.3, 0.3) * depth,
      height - uniform(random, 0.15, 0.5),
    ];
    lights.push({ kind: "lamp", position, color: scale(tint, (uniform(random, 0.5, 1.2) * height * height) / count) });
    const bulb = { ...plain(random), base: tint, emission: 2 };
    if (random() < 0.5)
      objects.push(part(bulb, ellipsoid([0.14, 0.14, 0.07], 12, 8), [position[0], position[1], position[2] + 0.12]));
  }
  if (random() < 0.35) {
    const angle = 2 * Math.PI * random();
    lights.push({
      kind: "sun",
      position: [Math.cos(angle), Math.sin(angle), uniform(random, 0.3, 0.9)],
      color: [3, 2.7, 2.2],
    });
  }
  return lights;
}
