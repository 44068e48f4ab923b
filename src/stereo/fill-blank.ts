import { seededRandom } from "../core/random.ts";
import type { Size } from "../core/size.ts";
import type { PlaneMap } from "../geometry/plane-map.ts";

/** Brightness, of 255, that neighbors on one blank surface differ by at most. */
const MOST_STEP = 4;
/** Pixels of a region below which it is no surface of its own. */
const LEAST_PIXELS = 60;
/** Pixels beyond a region whose measured depth may be of its surface: what shows contrast there is its edge. */
const MARGIN = 2;
/** Measured pixels that fix a plane, and the share of a region's that must lie on it, within this share of their depth. */
const LEAST_SUPPORT = 24;
const LEAST_SHARE = 0.2;
const ON_PLANE = 0.006;
/** Surfaces of one brightness beside each other, at most. */
const MOST_PLANES = 3;
/** Share of a surface's extent, in both directions, that the pixels on its plane must span: beyond, a plane is a guess. */
const LEAST_SPAN = 0.4;
/** Planes that are tried, each through three pixels. */
const TRIES = 200;
/** Pixels that they are judged by, at most. */
const MOST_JUDGES = 400;
/** Factor between a plane and the network's depth beyond which it is not of this surface. */
const MOST_RATIO = 1.3;

/**
 * Depth of blank surfaces from what is measured at their edges: regions of even brightness are filled with the planes on which
 * the measured pixels in and around them lie, where these are enough and on several sides; each pixel has the plane of the
 * nearest of these. `[height, width]` inverse depth, 0 where no plane is known or pixels are measured.
 * @param marks not 0 where `measured` is
 * @param expected inverse depth that planes must not contradict
 */
export function fillBlank(
  gray: Uint8Array,
  measured: PlaneMap,
  { marks, expected }: { readonly marks: Uint8Array; readonly expected: Float32Array },
): Float32Array {
  const { width } = measured;
  const filled = new Float32Array(gray.length);
  const { labels, regions } = evenRegions(gray, measured);
  const random = seededRandom("planes");
  for (const [label, pixels] of regions.entries()) {
    if (pixels.length < LEAST_PIXELS || !pixels.some((i) => marks[i] === 0)) continue;
    const planes = planesOf(around(labels, label + 1, { pixels, marks, width }), measured, random);
    if (planes.length === 0) continue;
    for (const [k, surface] of nearestPlanes(planes, labels, { label: label + 1, pixels, width }).entries()) {
      const { coefficients, on } = planes[k]!;
      if (!spans(on, surface, width)) continue;
      const [a, b, c] = coefficients;
      for (const i of surface) {
        const w = a + b * (i % width) + c * Math.floor(i / width);
        if (marks[i] !== 0 || !(w > 0)) continue;
        const ratio = w / expected[i]!;
        if (ratio < MOST_RATIO && ratio > 1 / MOST_RATIO) filled[i] = w;
      }
    }
  }
  return filled;
}

/** The planes on which a region's measured pixels lie, the one of most of them first. */
function planesOf(support: readonly number[], measured: PlaneMap, random: () => number): FoundPlane[] {
  const least = Math.max(LEAST_SUPPORT, LEAST_SHARE * support.length);
  const planes: FoundPlane[] = [];
  let rest = support;
  while (planes.length < MOST_PLANES && rest.length >= least) {
    const plane = bestPlane(rest, measured, random);
    if (plane === undefined || plane.on.length < least) break;
    planes.push(plane);
    const on = new Set(plane.on);
    rest = rest.filter((i) => !on.has(i));
  }
  return planes;
}

interface Region {
  readonly label: number;
  readonly pixels: Int32Array;
  readonly width: number;
}

/** A region's pixels by the plane whose measured pixels are nearest, by steps within the region. */
function nearestPlanes(
  planes: readonly FoundPlane[],
  labels: Int32Array,
  { label, pixels, width }: Region,
): readonly Iterable<number>[] {
  if (planes.length === 1) return [pixels];
  const height = labels.length / width;
  const nearest = new Map<number, number>();
  const reach = (i: number, plane: number): void => {
    if (labels[i] === label && !nearest.has(i)) nearest.set(i, plane);
  };
  for (const [k, { on }] of planes.entries()) {
    for (const i of on) {
      const [x, y] = [i % width, Math.floor(i / width)];
      for (let v = Math.max(0, y - MARGIN); v <= Math.min(height - 1, y + MARGIN); v++)
        for (let u = Math.max(0, x - MARGIN); u <= Math.min(width - 1, x + MARGIN); u++) reach(v * width + u, k);
    }
  }
  // A map visits what is added to it meanwhile, in order: breadth first.
  for (const [i, plane] of nearest) {
    const x = i % width;
    if (x > 0) reach(i - 1, plane);
    if (x + 1 < width) reach(i + 1, plane);
    if (i >= width) reach(i - width, plane);
    if (i + width < labels.length) reach(i + width, plane);
  }
  const surfaces = planes.map((): number[] => []);
  for (const [i, plane] of nearest) surfaces[plane]!.push(i);
  return surfaces;
}

interface Regions {
  /** `[height, width]`: one more than a region's number. */
  readonly labels: Int32Array;
  /** Pixels of each. */
  readonly regions: readonly Int32Array[];
}

/** Regions in which brightness changes by small steps. */
function evenRegions(gray: Uint8Array, { width, height }: Size): Regions {
  const labels = new Int32Array(gray.length);
  const regions: Int32Array[] = [];
  const queue = new Int32Array(gray.length);
  for (let start = 0; start < gray.length; start++) {
    if (labels[start] !== 0) continue;
    const label = regions.length + 1;
    let count = 1;
    queue[0] = start;
    labels[start] = label;
    for (let next = 0; next < count; next++) {
      const i = queue[next]!;
      const x = i % width;
      const visit = (j: number): void => {
        if (labels[j] !== 0 || Math.abs(gray[j]! - gray[i]!) > MOST_STEP) return;
        labels[j] = label;
        queue[count++] = j;
      };
      if (x > 0) visit(i - 1);
      if (x + 1 < width) visit(i + 1);
      if (i >= width) visit(i - width);
      if (i + width < width * height) visit(i + width);
    }
    regions.push(queue.slice(0, count));
  }
  return { labels, regions };
}

/** The measured pixels of a region and within its margin. */
function around(
  labels: Int32Array,
  label: number,
  { pixels, marks, width }: { readonly pixels: Int32Array; readonly marks: Uint8Array; readonly width: number },
): number[] {
  const found = new Set<number>();
  const height = labels.length / width;
  for (const i of pixels) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (marks[i] !== 0) found.add(i);
    const isInside = x > 0 && x + 1 < width && y > 0 && y + 1 < height;
    if (isInside && [i - 1, i + 1, i - width, i + width].every((j) => labels[j] === label)) continue;
    for (let v = Math.max(0, y - MARGIN); v <= Math.min(height - 1, y + MARGIN); v++) {
      for (let u = Math.max(0, x - MARGIN); u <= Math.min(width - 1, x + MARGIN); u++) {
        if (marks[v * width + u] !== 0) found.add(v * width + u);
      }
    }
  }
  return [...found];
}

interface FoundPlane {
  /** Inverse depth at pixel (x, y) is a + b x + c y. */
  readonly coefficients: readonly [a: number, b: number, c: number];
  /** Pixels on it. */
  readonly on: readonly number[];
}

/** The plane on which most pixels lie, refined on them; undefined where all lie on a line. */
function bestPlane(
  support: readonly number[],
  { width, inverseDepth }: PlaneMap,
  random: () => number,
): FoundPlane | undefined {
  const pick = () => support[Math.floor(support.length * random())]!;
  const judges = support.length <= MOST_JUDGES ? support : Array.from({ length: MOST_JUDGES }, pick);
  const onPlane = ([a, b, c]: FoundPlane["coefficients"], among: readonly number[]) =>
    among.filter((i) => {
      const w = inverseDepth[i]!;
      return Math.abs(a + b * (i % width) + c * Math.floor(i / width) - w) <= ON_PLANE * w;
    });
  let best: FoundPlane | undefined;
  for (let k = 0; k < TRIES; k++) {
    const coefficients = planeThrough([pick(), pick(), pick()], { width, inverseDepth });
    if (coefficients === undefined) continue;
    const on = onPlane(coefficients, judges);
    if (on.length > (best?.on.length ?? 0)) best = { coefficients, on };
  }
  if (best === undefined) return undefined;
  const refined = planeThrough(onPlane(best.coefficients, support), { width, inverseDepth }) ?? best.coefficients;
  return { coefficients: refined, on: onPlane(refined, support) };
}

/** The plane through pixels by least squares; undefined where they lie on a line. */
function planeThrough(
  pixels: readonly number[],
  { width, inverseDepth }: Pick<PlaneMap, "width" | "inverseDepth">,
): FoundPlane["coefficients"] | undefined {
  const n = pixels.length;
  let [mx, my, mw] = [0, 0, 0];
  for (const i of pixels) {
    mx += (i % width) / n;
    my += Math.floor(i / width) / n;
    mw += inverseDepth[i]! / n;
  }
  let [xx, xy, yy, xw, yw] = [0, 0, 0, 0, 0];
  for (const i of pixels) {
    const [x, y, w] = [(i % width) - mx, Math.floor(i / width) - my, inverseDepth[i]! - mw];
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xw += x * w;
    yw += y * w;
  }
  const determinant = xx * yy - xy * xy;
  // Less than about a pixel across.
  if (!(determinant > n * (xx + yy))) return undefined;
  const b = (xw * yy - yw * xy) / determinant;
  const c = (yw * xx - xw * xy) / determinant;
  return [mw - b * mx - c * my, b, c];
}

function spans(on: readonly number[], pixels: Iterable<number>, width: number): boolean {
  const extent = (of: Iterable<number>, at: (i: number) => number) => {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const i of of) {
      least = Math.min(least, at(i));
      most = Math.max(most, at(i));
    }
    return most - least;
  };
  const [x, y] = [(i: number) => i % width, (i: number) => Math.floor(i / width)];
  return [x, y].every((at) => extent(on, at) >= LEAST_SPAN * extent(pixels, at));
}
