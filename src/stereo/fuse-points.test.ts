import { expect, test } from "vitest";
import { emptyPlanes } from "../geometry/plane-map.ts";
import { rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { fusePoints, type MeasuredPhoto } from "./fuse-points.ts";

const size = { width: 40, height: 30 };
const pixels = size.width * size.height;

/** A photo of the plane two units ahead, from (x, 0, 0). */
function photoAt(x: number): MeasuredPhoto {
  return {
    intrinsics: { fx: 40, fy: 40, cx: 19.5, cy: 14.5 },
    worldFromCam: rigidPose(rotationFromVector([0, 0, 0]), [x, 0, 0]),
    picture: { ...size, rgb: new Uint8Array(3 * pixels) },
    planes: { ...emptyPlanes(size), inverseDepth: new Float32Array(pixels).fill(0.5) },
    marks: new Uint8Array(pixels).fill(1),
  };
}

const photos = [0, 0.1, 0.2, 0.3].map(photoAt);
const sources = photos.map((_, i) => [...photos.keys()].filter((j) => Math.abs(j - i) === 1));
const load = async (photo: number) => photos[photo];

test("what photos agree on is there once, wherever it is seen from", async () => {
  const { points, share } = await fusePoints({ sources, load });
  expect(share).toBe(1);
  const places = new Set<string>();
  for (let i = 0; i < points.positions.length; i += 3) {
    const [x, y, z] = points.positions.subarray(i, i + 3) as unknown as [number, number, number];
    expect(z).toBeCloseTo(2, 5);
    places.add(`${Math.round(20 * x + 0.5)} ${Math.round(20 * y + 0.5)}`);
  }
  // A pixel is a twentieth wide, a photo is two pixels ahead of the one before: two columns at each end are one photo's alone.
  expect(places.size).toBe(points.photos.length);
  expect(points.photos.length).toBe((size.width + 3 * 2 - 2 * 2) * size.height);
});

test("of too many points an even choice is kept, and one of how many is told", async () => {
  const all = (await fusePoints({ sources, load })).points;
  const { points, share } = await fusePoints({ sources, load, mostPoints: 500 });
  expect(share).toBe(4);
  expect(points.photos.length).toBeLessThanOrEqual(500);
  expect(points.photos.length).toBeGreaterThan(all.photos.length / share - sources.length);
  expect(points.normals.length).toBe(3 * points.photos.length);
  const known = new Set(
    Array.from({ length: all.photos.length }, (_, i) => `${all.positions.subarray(3 * i, 3 * i + 3)}`),
  );
  for (let i = 0; i < points.positions.length; i += 3)
    expect(known.has(`${points.positions.subarray(i, i + 3)}`)).toBe(true);
});
