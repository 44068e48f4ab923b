import { gaussian, type Random } from "../../core/random.ts";
import { logUniform, uniform } from "../choice.ts";
import type { Shot, Walk } from "../shot.ts";
import { add, normalize, scale, subtract, type Vec3 } from "../vec3.ts";

/** What the camera of a walk is like: drawn once, or anew for every photo where the photographer zooms. */
export interface Lens {
  /** Focal length over the long side of the photo. */
  readonly focal: () => number;
  /** Where the principal point lies beside the middle, in shares of width and height: photos are cropped. */
  readonly shift: () => readonly [number, number];
  /** Radians by which the camera is turned around its axis. */
  readonly roll: () => number;
}

/**
 * Half of the focal lengths are those of telephones and ordinary lenses, half anything from a wide angle to a tele
 * lens. They count in long sides of the photo: its shape says nothing about them.
 */
export function drawLens(random: Random): Lens {
  const one = (): number =>
    random() < 0.5 ? Math.min(Math.max(0.8 * Math.exp(0.2 * gaussian(random)), 0.5), 4) : logUniform(random, 0.5, 4);
  const [focal, zooms] = [one(), random() < 0.2];
  const isCropped = random() < 0.25;
  const offset = (): number => Math.min(Math.max(0.07 * gaussian(random), -0.15), 0.15);
  const [across, along, own] = [offset(), offset(), random() < 0.4];
  const tilt = random() < 0.85 ? 0.05 : 0.4;
  return {
    focal: () => (zooms ? one() : focal),
    shift: () => (isCropped ? (own ? [offset(), offset()] : [across, along]) : [0, 0]),
    roll: () => tilt * gaussian(random),
  };
}

/** A box that cameras stay in. */
export interface Region {
  readonly min: Vec3;
  readonly max: Vec3;
}

function inside({ min, max }: Region, p: Vec3): Vec3 {
  return [0, 1, 2].map((i) => Math.max(min[i]!, Math.min(max[i]!, p[i]!))) as unknown as Vec3;
}

function shot(lens: Lens, eye: Vec3, target: Vec3, focal = lens.focal()): Shot {
  return { eye, target, focal, shift: lens.shift(), roll: lens.roll() };
}

/** A point near `p`, within about `spread` of it. */
function near(random: Random, p: Vec3, spread: number): Vec3 {
  return add(p, [spread * gaussian(random), spread * gaussian(random), 0.6 * spread * gaussian(random)]);
}

/** How a thing is photographed from around it. */
export interface OrbitOptions {
  readonly target: Vec3;
  /** Extent of the thing: with longer lenses one stands farther off. */
  readonly size: number;
  /** Angles above the horizon, in radians. */
  readonly elevation: readonly [low: number, high: number];
  /** Distances allowed, in meters. */
  readonly distance: readonly [low: number, high: number];
  readonly region: Region;
}

/** Around one thing, from a few degrees to all sides, mostly so far away that it fills a third to all of the photo. */
export function orbit(random: Random, { target, size, elevation, distance, region }: OrbitOptions): Walk {
  const lens = drawLens(random);
  const arc = logUniform(random, 0.15, Math.PI);
  const base = uniform(random, 0, 2 * Math.PI);
  const fill = logUniform(random, 0.7, 2.2);
  const level = uniform(random, elevation[0], elevation[1]);
  const wobble = 0.12 * random();
  return () => {
    const focal = lens.focal();
    const ideal = size * Math.max(focal, 0.5) * fill * logUniform(random, 0.75, 1.35);
    const range = Math.max(distance[0], Math.min(distance[1], ideal));
    const azimuth = base + arc * uniform(random, -1, 1);
    const rise = Math.max(elevation[0], Math.min(elevation[1], level + 0.2 * gaussian(random)));
    const direction: Vec3 = [Math.cos(azimuth) * Math.cos(rise), Math.sin(azimuth) * Math.cos(rise), Math.sin(rise)];
    const eye = inside(region, add(target, scale(direction, range)));
    return shot(lens, eye, near(random, target, (wobble * range) / focal), focal);
  };
}

/**
 * Through a place with the camera in hand: photos around one or two spots, a step or a whole room apart, of one thing
 * or of what is around it.
 */
export function roam(random: Random, region: Region, targets: readonly Vec3[]): Walk {
  const lens = drawLens(random);
  const anywhere = (): Vec3 => [0, 1, 2].map((i) => uniform(random, region.min[i]!, region.max[i]!)) as unknown as Vec3;
  const anything = (): Vec3 => targets[Math.floor(random() * targets.length)]!;
  const [spots, things] = [
    [anywhere(), anywhere()],
    [anything(), anything()],
  ];
  const step = logUniform(random, 0.05, 2.5);
  const strays = 0.35 * random();
  const wanders = random() < 0.3;
  return () => {
    const second = random() < 0.3 ? 1 : 0;
    const eye = inside(region, wanders ? anywhere() : near(random, spots[second]!, step));
    const thing = random() < 0.25 ? anything() : things[random() < 0.25 ? 1 : 0]!;
    return shot(lens, eye, near(random, thing, strays * Math.hypot(...subtract(thing, eye)) * 0.5));
  };
}

/** Straight on, looking ahead: along a road or a corridor from `from` to `to`. */
export function forward(random: Random, from: Vec3, to: Vec3, count: number): Walk {
  const lens = drawLens(random);
  const length = Math.hypot(...subtract(to, from));
  const along = normalize(subtract(to, from));
  const step = Math.min(logUniform(random, 0.15, 4), (0.7 * length) / count);
  const start = uniform(random, 0, Math.max(0, 0.8 * length - step * count));
  const [yaw, pitch] = [0.15 * gaussian(random), 0.06 * gaussian(random)];
  const back = random() < 0.12;
  return (view) => {
    const at = start + step * (view + uniform(random, -0.2, 0.2));
    const eye = add(near(random, from, 0.04), scale(along, at));
    const turn = yaw + 0.06 * gaussian(random) + (back && view % 2 ? Math.PI : 0);
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    const ahead: Vec3 = [c * along[0] - s * along[1], s * along[0] + c * along[1], pitch + 0.02 * gaussian(random)];
    return shot(lens, eye, add(eye, scale(ahead, 10)));
  };
}
