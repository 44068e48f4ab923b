import { expect, test } from "vitest";
import { gaussian, seededRandom } from "../core/random.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import { type GeometryPart, geometryPart, isOutOfFrame, type PartedGeometry } from "./geometry-part.ts";
import { type Mesh, pointAt } from "./mesh.ts";
import { lookAt } from "./photographer.ts";
import { rasterize } from "./rasterize.ts";
import { box, ellipsoid } from "./solids.ts";
import { add, cross, dot, normalize, scale, subtract, type Vec3 } from "./vec3.ts";

function camera(eye: Vec3, target: Vec3, size = { width: 40, height: 30 }): PosedCamera {
  const intrinsics = { fx: 35, fy: 33, cx: 19.2, cy: 14.6 };
  return { ...size, intrinsics, worldFromCam: lookAt(eye, target, 0.2) };
}

/** The pixel's ray in the world, its component along the optical axis 1. */
function pixelRay(
  { intrinsics, worldFromCam: m }: PosedCamera,
  x: number,
  y: number,
): { origin: Vec3; direction: Vec3 } {
  const [u, v] = [(x - intrinsics.cx) / intrinsics.fx, (y - intrinsics.cy) / intrinsics.fy];
  return {
    origin: [m[3]!, m[7]!, m[11]!],
    direction: [0, 4, 8].map((row) => m[row]! * u + m[row + 1]! * v + m[row + 2]!) as unknown as Vec3,
  };
}

/** Cut into parts of about ten triangles where these share no vertices, else one part. */
function inParts(positions: Float32Array, triangles: Uint32Array): PartedGeometry {
  const step = triangles.every((vertex, i) => vertex === i) ? 10 : triangles.length / 3;
  const parts: GeometryPart[] = [];
  for (let first = 0; first < triangles.length / 3; first += step) {
    const end = Math.min(triangles.length / 3, first + step);
    const run =
      step === 10
        ? { firstVertex: 3 * first, endVertex: 3 * end }
        : { firstVertex: 0, endVertex: positions.length / 3 };
    parts.push(geometryPart(positions, { ...run, firstTriangle: first, endTriangle: end }));
  }
  return { positions, triangles, parts };
}

/** Every triangle against every pixel: slow, and simple. */
function castRays({ positions, triangles }: Mesh, view: PosedCamera, backFaces: boolean): Float64Array {
  return Float64Array.from({ length: view.width * view.height }, (_, at) => {
    const { origin, direction } = pixelRay(view, at % view.width, Math.floor(at / view.width));
    let nearest = Infinity;
    for (let t = 0; t < triangles.length; t += 3) {
      const [a, b, c] = [0, 1, 2].map((k) => pointAt(positions, triangles[t + k]!)) as [Vec3, Vec3, Vec3];
      const normal = cross(subtract(b, a), subtract(c, a));
      if (!backFaces && dot(normal, subtract(a, origin)) >= 0) continue;
      const depth = dot(normal, subtract(a, origin)) / dot(normal, direction);
      const hit = add(origin, scale(direction, depth));
      const inside = [
        [a, b],
        [b, c],
        [c, a],
      ].every(([from, to]) => dot(normal, cross(subtract(to!, from!), subtract(hit, from!))) >= 0);
      if (inside && depth > 0.02 && depth < nearest) nearest = depth;
    }
    return nearest;
  });
}

test.each([false, true])("equals ray casting for triangles all around the camera (back faces: %s)", (backFaces) => {
  const random = seededRandom("soup");
  const positions = Float32Array.from({ length: 3 * 3 * 150 }, () => 1.5 * gaussian(random));
  const triangles = Uint32Array.from({ length: 3 * 150 }, (_, i) => i);
  const view = camera([0.1, 0.2, 0.3], [1, 2, -0.5]);
  const { inverseDepth, triangle } = rasterize(inParts(positions, triangles), view, backFaces);
  const expected = castRays({ positions, normals: positions, triangles }, view, backFaces);
  expect(triangle.filter((index) => index !== -1).length).toBeGreaterThan(300);
  for (let i = 0; i < expected.length; i++) {
    expect(1 / inverseDepth[i]!).toBeCloseTo(expected[i]!, 9);
  }
});

test("the depth of a wall is the closed form at every pixel center", () => {
  const { positions, triangles } = box([20, 0.5, 20]);
  const view = camera([0.3, -4, 0.2], [0.5, 0, 0]);
  const { inverseDepth } = rasterize(inParts(positions, triangles), view);
  for (let i = 0; i < inverseDepth.length; i++) {
    const { origin, direction } = pixelRay(view, i % view.width, Math.floor(i / view.width));
    expect(1 / inverseDepth[i]!).toBeCloseTo((-0.25 - origin[1]) / direction[1], 9);
  }
});

test("a fine sphere has the depth of the true one", () => {
  const { positions, triangles } = ellipsoid([1, 1, 1], 256, 160);
  const view = camera([0, -3, 0.5], [0, 0, 0]);
  const { inverseDepth } = rasterize(inParts(positions, triangles), view);
  let compared = 0;
  for (let i = 0; i < inverseDepth.length; i++) {
    const { origin, direction } = pixelRay(view, i % view.width, Math.floor(i / view.width));
    const unit = normalize(direction);
    const along = -dot(origin, unit);
    const missed = dot(origin, origin) - along * along;
    if (missed > 0.9) continue;
    const distance = along - Math.sqrt(1 - missed);
    expect(1 / inverseDepth[i]!).toBeCloseTo(distance / Math.hypot(...direction), 2);
    compared++;
  }
  expect(compared).toBeGreaterThan(100);
});

test("parts outside of the frame are culled, and only these", () => {
  const random = seededRandom("parts");
  const view = camera([0, 0, 0], [1, 0, 0]);
  let skipped = 0;
  for (let i = 0; i < 400; i++) {
    const at: Vec3 = [4 * gaussian(random), 4 * gaussian(random), 4 * gaussian(random)];
    const { positions, triangles } = ellipsoid([0.5, 0.5, 0.5], 12, 8);
    const moved = positions.map((value, k) => value + at[k % 3]!);
    const geometry = inParts(moved, triangles);
    const seen = rasterize({ ...geometry, parts: geometry.parts.map((part) => ({ ...part, radius: 1e6 })) }, view);
    if (!isOutOfFrame(geometry.parts[0]!, view)) continue;
    skipped++;
    expect(seen.triangle.every((index) => index === -1)).toBe(true);
  }
  expect(skipped).toBeGreaterThan(200);
});
