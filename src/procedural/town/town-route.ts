import type { Pose } from "../../core/camera.ts";
import { gaussian, type Random } from "../../core/random.ts";
import { lookAt } from "../photographer.ts";
import type { Vec3 } from "../vec3.ts";

/** Half of a block's side, in meters. */
export const HALF_BLOCK = 10;
/** From the middle of a block to that of the next. */
export const PITCH = 30;
/** Blocks in a row; rows are walked to and fro. */
const COLUMNS = 3;
/** From a block's fronts: where one walks around it, and where one comes back on the other side of the street. */
const [NEAR, FAR] = [4, 6.5];
/** Photographers look so many radians from ahead toward the fronts. */
const ASIDE = 0.6;
/** A turn by a radian takes as many photos as so many meters. */
const TURN = 2.5;
/** Where ways meet, corners are cut by so many meters. */
const CORNER = 1.5;
const EYE_HEIGHT = 1.6;

/** Where the middle of block `index` lies. */
export function blockCenter(index: number): readonly [x: number, y: number] {
  const row = Math.floor(index / COLUMNS);
  const place = index % COLUMNS;
  return [PITCH * (row % 2 === 0 ? place : COLUMNS - 1 - place), PITCH * row];
}

/** The middle block of a row has a court that is walked, too. */
export function hasCourt(index: number): boolean {
  return index % COLUMNS === 1;
}

/** A straight way, and where to look from it: an angle from the x axis. */
interface Way {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly look: number;
}

/**
 * Cameras along a walk with a step of about a meter: around one block after another, past where each round began, so
 * that loops close, through courts, and on along the street on its other side.
 * @returns poses in meters, z up; and how many blocks were walked around
 */
export function townWalk(random: Random, count: number): { readonly poses: readonly Pose[]; readonly blocks: number } {
  const poses: Pose[] = [];
  let blocks = 0;
  const ways: Way[] = [];
  while (lengthOf(ways) < count) ways.push(...waysAround(blocks++));
  let at = 0.5;
  for (const [i, way] of ways.entries()) {
    for (const { length, place } of piecesOf(way, ways[i + 1])) {
      for (; at < length && poses.length < count; at++) poses.push(shot(random, place(at / length)));
      at -= length;
    }
  }
  return { poses, blocks };
}

function shot(random: Random, { x, y, look }: Spot): Pose {
  const yaw = look + 0.04 * gaussian(random);
  const eye: Vec3 = [x + 0.08 * gaussian(random), y + 0.08 * gaussian(random), EYE_HEIGHT + 0.05 * gaussian(random)];
  const target: Vec3 = [eye[0] + Math.cos(yaw), eye[1] + Math.sin(yaw), eye[2] + 0.12 + 0.03 * gaussian(random)];
  return lookAt(eye, target, 0.02 * gaussian(random));
}

function waysAround(index: number): Way[] {
  const [x, y] = blockCenter(index);
  // In odd rows everything is mirrored: the walk goes on to the west.
  const mirror = Math.floor(index / COLUMNS) % 2 === 0 ? 1 : -1;
  const at = (u: number, v: number): readonly [number, number] => [x + mirror * u, y + v];
  const ways: Way[] = [];
  let here = at(-HALF_BLOCK - NEAR, -HALF_BLOCK - NEAR);
  /** `side` is 1 where the fronts are to the left. */
  const walk = (u: number, v: number, side: number): void => {
    const to = at(u, v);
    const heading = Math.atan2(to[1] - here[1], to[0] - here[0]);
    ways.push({ from: here, to, look: heading + side * mirror * ASIDE });
    here = to;
  };
  const [near, far] = [HALF_BLOCK + NEAR, HALF_BLOCK + FAR];
  walk(-near, near, -1);
  walk(near, near, -1);
  walk(near, -near, -1);
  if (hasCourt(index)) {
    walk(0, -near, -1);
    walk(0, -4, -1);
    for (const [u, v] of [
      [-3, -3],
      [-3, 3],
      [3, 3],
      [3, -3],
      [0, -4],
    ] as const)
      walk(u, v, -1);
    walk(0, -near, 1);
  }
  walk(-near, -near, -1);
  // Once more past where the round began, and back on the other side of the street.
  walk(-near, 0, -1);
  walk(-far, 0, 1);
  walk(-far, -far, 1);
  walk(PITCH - near, -far, 1);
  if (index % COLUMNS === COLUMNS - 1) walk(near, PITCH - near, 1);
  else walk(PITCH - near, -near, 1);
  return ways;
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly look: number;
}

/** A part of the walk, its length in photos and the spot at a share of it. */
interface Piece {
  readonly length: number;
  readonly place: (share: number) => Spot;
}

/** A way without its corner, and the corner to the next one. */
function piecesOf(way: Way, next: Way | undefined): Piece[] {
  const [start, end] = [cut(way, CORNER), cut(way, -CORNER)];
  const straight = {
    length: distance(start, end),
    place: (share: number) => ({ ...mixed(start, end, share), look: way.look }),
  };
  if (next === undefined) return [straight];
  const after = cut(next, CORNER);
  const turn = Math.atan2(Math.sin(next.look - way.look), Math.cos(next.look - way.look));
  const corner = {
    length: Math.max(distance(end, after), TURN * Math.abs(turn)),
    place: (share: number) => {
      // Bézier's curve around the corner.
      const [a, b] = [mixed(end, way.to, share), mixed(way.to, after, share)];
      return { ...mixed([a.x, a.y], [b.x, b.y], share), look: way.look + share * turn };
    },
  };
  return [straight, corner];
}

/** The point of a way so many meters from its beginning, or, where negative, from its end. */
function cut({ from, to }: Way, meters: number): readonly [number, number] {
  const length = distance(from, to);
  const share = Math.min(Math.abs(meters), length / 2) / length;
  const { x, y } = meters >= 0 ? mixed(from, to, share) : mixed(to, from, share);
  return [x, y];
}

function mixed(a: readonly [number, number], b: readonly [number, number], share: number): { x: number; y: number } {
  return { x: a[0] + share * (b[0] - a[0]), y: a[1] + share * (b[1] - a[1]) };
}

function distance(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

function lengthOf(ways: readonly Way[]): number {
  return ways.flatMap((way, i) => piecesOf(way, ways[i + 1])).reduce((sum, { length }) => sum + length, 0);
}
