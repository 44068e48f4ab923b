import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom, largestDifference } from "../../test/random-geometry.ts";
import { gaussian, type Random } from "../core/random.ts";
import { blur } from "./blur.ts";
import { describeKeypoint, descriptorRadius } from "./describe-keypoint.ts";
import { takePatch } from "./gradient-patch.ts";
import { openWorkspace, PATCH_SIDE, type Workspace } from "./workspace.ts";

/** A workspace whose planes hold random pictures, the more alike the longer they were blurred. */
function filled(random: Random, width: number, height: number, sigma: number): Workspace {
  const space = openWorkspace({ width, height });
  for (const [i, plane] of space.planes.entries()) {
    const from = space.planes[i + 1] ?? space.planes[0]!;
    // The last is that of the first.
    if (from > plane) for (let k = 0; k < space.stride * height; k++) space.floats[from + k] = gaussian(random);
    blur(space, from, plane, sigma);
  }
  return space;
}

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));

/** Values of a plane, with the outermost repeated beyond its edges. */
function pixelsOf({ floats, width, height, stride }: Workspace, plane: number): (x: number, y: number) => number {
  const copy = floats.slice(plane, plane + stride * height);
  return (x, y) => copy[clamp(y, height - 1) * stride + clamp(x, width - 1)]!;
}

const side = fc.integer({ min: 3, max: 40 });

describe("the kernels do what plain loops do:", () => {
  test("blur", () => {
    fc.assert(
      fc.property(
        anyRandom,
        side,
        side,
        fc.double({ min: 0.5, max: 3.2, noNaN: true }),
        (random, width, height, sigma) => {
          const space = filled(random, width, height, 0.5);
          const [from, to] = [space.planes[0]!, space.planes[1]!];
          const before = pixelsOf(space, from);
          blur(space, from, to, sigma);
          const after = pixelsOf(space, to);
          const radius = Math.ceil(4 * sigma);
          const taps = Array.from({ length: 2 * radius + 1 }, (_, k) => Math.exp(-0.5 * ((k - radius) / sigma) ** 2));
          const total = taps.reduce((sum, tap) => sum + tap);
          const [x, y] = [Math.floor(width * random()), Math.floor(height * random())];
          let expected = 0;
          for (const [j, down] of taps.entries()) {
            for (const [i, across] of taps.entries()) {
              expected += ((down * across) / total ** 2) * before(x + i - radius, y + j - radius);
            }
          }
          expect(after(x, y)).toBeCloseTo(expected, 5);
        },
      ),
    );
  });

  test("extrema", () => {
    fc.assert(
      fc.property(anyRandom, side, side, (random, width, height) => {
        const space = filled(random, width, height, 1);
        const { kernels, planes, stride, found, integers } = space;
        const gaussians = planes.map((plane) => pixelsOf(space, plane));
        const d = (scale: number, x: number, y: number): number =>
          Math.fround(gaussians[scale + 1]!(x, y) - gaussians[scale]!(x, y));
        const isExtremum = (x: number, y: number): boolean => {
          const value = d(1, x, y);
          const around = [0, 1, 2].flatMap((scale) =>
            [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => Math.sign(value) * d(scale, x + dx, y + dy))),
          );
          return Math.abs(value) >= Math.fround(0.1) && Math.max(...around) <= Math.abs(value);
        };
        for (let y = 1; y < height - 1; y++) {
          const [p0, p1, p2, p3] = planes.map((plane) => 4 * (plane + y * stride + 1));
          const bytes = 4 * (width - 2);
          const end = kernels.findExtrema(p0!, p1!, p2!, p3!, 4 * stride, bytes, 0.1, 4 * found) / 4;
          const columns = Array.from(integers.subarray(found, end), (offset) => 1 + offset / 4).filter(
            (x) => x < width - 1,
          );
          const expected = Array.from({ length: width - 2 }, (_, i) => i + 1).filter((x) => isExtremum(x, y));
          expect(columns).toEqual(expected);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("gradients", () => {
    fc.assert(
      fc.property(anyRandom, side, side, (random, width, height) => {
        const space = filled(random, width, height, 0.7);
        const pixel = pixelsOf(space, space.planes[0]!);
        const keypoint = { x: width * random(), y: height * random(), sigma: 1.6 };
        const patch = takePatch(space, space.planes[0]!, keypoint, 5);
        for (let row = 0; row < patch.height; row++) {
          for (let column = 0; column < patch.width; column++) {
            const [x, y] = [Math.round(keypoint.x - patch.x) + column, Math.round(keypoint.y - patch.y) + row];
            const [dx, dy] = [pixel(x + 1, y) - pixel(x - 1, y), pixel(x, y + 1) - pixel(x, y - 1)];
            const at = row * PATCH_SIDE + column;
            expect(space.floats[space.lengths + at]).toBeCloseTo(Math.hypot(dx, dy) / 2, 5);
            const turn = space.floats[space.turns + at]! - Math.atan2(dy, dx) / (2 * Math.PI);
            expect(Math.abs(turn - Math.round(turn))).toBeLessThan(2e-5);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  test("descriptors", () => {
    fc.assert(
      fc.property(anyRandom, fc.double({ min: 0, max: 1, noNaN: true }), (random, turn) => {
        const size = 64;
        const space = filled(random, size, size, 1.5);
        const keypoint = { x: size * random(), y: size * random(), sigma: 1.6 + 2 * random() };
        const patch = takePatch(space, space.planes[0]!, keypoint, descriptorRadius(keypoint));
        const descriptor = new Uint8Array(128);
        describeKeypoint(space, patch, { ...keypoint, turn }, descriptor);
        const expected = plainDescriptor(pixelsOf(space, space.planes[0]!), size, keypoint, turn);
        expect(largestDifference(descriptor, expected)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 10 },
    );
  });
});

/** The descriptor by its definition: every gradient to all 128 bins, by how near it is to each in place and direction. */
function plainDescriptor(
  pixel: (x: number, y: number) => number,
  size: number,
  { x, y, sigma }: { readonly x: number; readonly y: number; readonly sigma: number },
  turn: number,
): number[] {
  const near = (distance: number) => Math.max(0, 1 - Math.abs(distance));
  const [cos, sin] = [Math.cos(2 * Math.PI * turn), Math.sin(2 * Math.PI * turn)];
  const bins = new Array<number>(128).fill(0);
  for (let v = 1; v < size - 1; v++) {
    for (let u = 1; u < size - 1; u++) {
      const across = (cos * (u - x) + sin * (v - y)) / (3 * sigma);
      const down = (cos * (v - y) - sin * (u - x)) / (3 * sigma);
      const [dx, dy] = [(pixel(u + 1, v) - pixel(u - 1, v)) / 2, (pixel(u, v + 1) - pixel(u, v - 1)) / 2];
      const weight = Math.hypot(dx, dy) * Math.exp(-(across ** 2 + down ** 2) / 8);
      const direction = 8 * (Math.atan2(dy, dx) / (2 * Math.PI) - turn);
      for (let i = 0; i < 128; i++) {
        const [row, k, column] = [Math.floor(i / 32), Math.floor(i / 4) % 8, i % 4];
        const turned = direction - k;
        const share = near(turned - 8 * Math.round(turned / 8));
        bins[i]! += weight * share * near(across - (column - 1.5)) * near(down - (row - 1.5));
      }
    }
  }
  const clamped = bins.map((bin) => Math.min(bin, 0.2 * Math.hypot(...bins)));
  const sum = clamped.reduce((total, bin) => total + bin);
  return clamped.map((bin) => Math.min(255, Math.round(512 * Math.sqrt(bin / sum))));
}
