import { describe, expect, test } from "vitest";
import { plane, type Surface, sphere, texturedView } from "../../test/textured-views.ts";
import type { Pose } from "../core/camera.ts";
import { resizedMapping } from "../geometry/pixel-mapping.ts";
import { rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { type FuseMeshOptions, fuseMesh } from "./fuse-mesh.ts";
import type { MeshDepth } from "./photo-surface.ts";
import type { TriangleMesh } from "./triangle-mesh.ts";

const size = { width: 96, height: 72 };

/** Photos of surfaces, as a mesh is made from them. */
function photosOf(poses: readonly Pose[], surfaces: readonly Surface[]) {
  const views = poses.map((pose) => texturedView(pose, surfaces, size));
  const depths = views.map((view): MeshDepth => ({ ...view, trust: new Float32Array(view.depth.length).fill(1) }));
  const pictures = views.map(({ width, height, gray }) => ({
    width,
    height,
    rgb: Uint8Array.from({ length: 3 * gray.length }, (_, i) => gray[Math.floor(i / 3)]!),
  }));
  return {
    views,
    options: {
      photos: poses.length,
      loadDepth: async (i) => depths[i]!,
      loadPicture: async (i) => ({ picture: pictures[i]!, pictureFromDepth: resizedMapping(size, size) }),
    } satisfies FuseMeshOptions,
  };
}

/** Cameras on a sphere of this radius around the origin, looking at it, that see it from all sides. */
const around = [
  [0, 0, 0],
  [0, Math.PI / 2, 0],
  [0, Math.PI, 0],
  [0, -Math.PI / 2, 0],
  [Math.PI / 2, 0, 0],
  [-Math.PI / 2, 0, 0],
].map((turn) => {
  const r = rotationFromVector(turn as [number, number, number]);
  return rigidPose(r, [-4 * r[2], -4 * r[5], -4 * r[8]]);
});

/** How often each directed edge lacks its opposite: 0 for a mesh without a border. */
function openEdges({ triangles }: TriangleMesh): number {
  const open = new Map<string, number>();
  for (let i = 0; i < triangles.length; i++) {
    const [a, b] = [triangles[i]!, triangles[i % 3 === 2 ? i - 2 : i + 1]!];
    const [key, sign] = a < b ? [`${a} ${b}`, 1] : [`${b} ${a}`, -1];
    open.set(key, (open.get(key) ?? 0) + sign);
  }
  return [...open.values()].filter((count) => count !== 0).length;
}

describe("a mesh of depth maps", () => {
  test("a sphere that is seen from all sides is closed, within half a voxel, and turns its front outwards", async () => {
    const { options } = photosOf(around, [sphere([0, 0, 0], 1)]);
    const mesh = await fuseMesh(options);
    expect(openEdges(mesh)).toBe(0);
    const { positions: p, triangles, voxel } = mesh;
    expect(p.length).toBeGreaterThan(300);
    for (let i = 0; i < p.length; i += 3) {
      expect(Math.abs(Math.hypot(p[i]!, p[i + 1]!, p[i + 2]!) - 1)).toBeLessThan(0.5 * voxel);
    }
    let volume = 0;
    for (let i = 0; i < triangles.length; i += 3) {
      const [a, b, c] = [0, 1, 2].map((k) => p.subarray(3 * triangles[i + k]!, 3 * triangles[i + k]! + 3));
      volume += (a![0]! * (b![1]! * c![2]! - b![2]! * c![1]!)) / 6;
      volume += (a![1]! * (b![2]! * c![0]! - b![0]! * c![2]!)) / 6;
      volume += (a![2]! * (b![0]! * c![1]! - b![1]! * c![0]!)) / 6;
    }
    expect(volume / ((4 / 3) * Math.PI)).toBeCloseTo(1, 1);
  });

  test("two planes: within half a voxel, few triangles, one step between them, and the photos' colors", async () => {
    const poses = [
      rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]),
      rigidPose(rotationFromVector([0.02, -0.15, 0.01]), [0.6, 0, 0.1]),
    ];
    const near: Surface = (eye, ray) => {
      const t = plane([0, 0, 1], 3)(eye, ray);
      return eye[0]! + t * ray[0]! < 0.2 ? t : Number.POSITIVE_INFINITY;
    };
    const { options, views } = photosOf(poses, [near, plane([0.1, 0, 1], 4)]);
    const mesh = await fuseMesh(options);
    const { positions: p, colors, voxel } = mesh;
    const [view] = views;
    const { fx, fy, cx, cy } = view!.intrinsics;
    let [off, seen] = [0, 0];
    for (let i = 0; i < p.length; i += 3) {
      const toNear = Math.abs(p[i + 2]! - 3);
      const toFar = Math.abs(0.1 * p[i]! + p[i + 2]! - 4) / Math.hypot(0.1, 1);
      expect(Math.min(toNear, toFar)).toBeLessThan(0.5 * voxel);
      const [u, v] = [Math.round((fx * p[i]!) / p[i + 2]! + cx), Math.round((fy * p[i + 1]!) / p[i + 2]! + cy)];
      if (!(u >= 1 && v >= 1 && u < 95 && v < 71)) continue;
      const around = [-97, -96, -95, -1, 0, 1, 95, 96, 97].map((step) => view!.gray[96 * v + u + step]!);
      seen++;
      if (colors[i]! < Math.min(...around) - 12 || colors[i]! > Math.max(...around) + 12) off++;
    }
    expect(seen).toBeGreaterThan(500);
    expect(off).toBeLessThan(0.1 * seen);
  });

  test("what is measured decides where the rest contradicts it, and equal input gives equal output", async () => {
    const poses = [0, 0.3].map((x) => rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [x, 0, 0]));
    const { options } = photosOf(poses, [plane([0, 0, 1], 3)]);
    const loadDepth = async (i: number): Promise<MeshDepth> => {
      const photo = await options.loadDepth(i);
      if (i === 0) return photo;
      return { ...photo, depth: photo.depth.map((z) => 1.02 * z), trust: photo.trust.map(() => 0.05) };
    };
    const { positions: p, voxel, ...mesh } = await fuseMesh({ ...options, loadDepth });
    const bySide = [0, 0];
    for (let i = 0; i < p.length; i += 3) {
      if (p[i]! < 1) expect(Math.abs(p[i + 2]! - 3)).toBeLessThan(0.5 * voxel);
      bySide[Number(p[i]! < 1)]!++;
    }
    expect(bySide[1]).toBeGreaterThan(100);
    const again = await fuseMesh({ ...options, loadDepth });
    expect([again.positions, again.triangles, again.colors]).toEqual([p, mesh.triangles, mesh.colors]);
  });

  test("voxels grow until they fit into memory; triangles fall to what is allowed; what is too far is told", async () => {
    const poses = [0, 0.3].map((x) => rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [x, 0, 0]));
    const { options } = photosOf(poses, [sphere([0, 0, 3], 0.8), plane([0, 0, 1], 80)]);
    const fine = await fuseMesh(options);
    const coarse = await fuseMesh({ ...options, mostBlocks: 40, mostTriangles: 100 });
    expect(coarse.voxel).toBeGreaterThan(1.2 * fine.voxel);
    expect(coarse.triangles.length).toBeLessThanOrEqual(300);
    const near = photosOf(poses, [sphere([0, 0, 3], 0.8)]);
    const far = await fuseMesh({
      ...near.options,
      loadDepth: async (i) => {
        const photo = await near.options.loadDepth(i);
        return { ...photo, depth: photo.depth.map((z, k) => (k % 96 < 8 ? 1000 : z)) };
      },
    });
    expect(far.tooFar).toBeGreaterThan(0.1);
    expect(fine.tooFar).toBe(0);
  });

  test("a lone speck in the air is no part of it, and nothing gives an empty mesh", async () => {
    const { options } = photosOf([around[0]!], [sphere([0, 0, 0], 1)]);
    const loadDepth = async (i: number): Promise<MeshDepth> => {
      const photo = await options.loadDepth(i);
      return { ...photo, depth: photo.depth.map((z, k) => (k === 96 * 4 + 5 ? 3 : z)) };
    };
    const { positions: p, voxel } = await fuseMesh({ ...options, loadDepth });
    expect(p.length).toBeGreaterThan(100);
    for (let i = 0; i < p.length; i += 3) {
      expect(Math.abs(Math.hypot(p[i]!, p[i + 1]!, p[i + 2]!) - 1)).toBeLessThan(0.5 * voxel);
    }
    const loadNothing = async (i: number): Promise<MeshDepth> => {
      const photo = await options.loadDepth(i);
      return { ...photo, depth: photo.depth.map(() => 0) };
    };
    expect((await fuseMesh({ ...options, loadDepth: loadNothing })).triangles.length).toBe(0);
  });

  test("aborting ends it", async () => {
    const { options } = photosOf([around[0]!, around[1]!], [sphere([0, 0, 0], 1)]);
    const abort = new AbortController();
    const running = fuseMesh({ ...options, signal: abort.signal, onProgress: () => abort.abort(new Error("enough")) });
    await expect(running).rejects.toThrow("enough");
  });
});
