import { describe, expect, test } from "vitest";
import { plane, type Surface, sphere, type TexturedView, texturedView } from "../../test/textured-views.ts";
import type { BlobStore } from "../core/blob-store.ts";
import { FROM_NETWORK, FROM_STEREO } from "../core/dense-scene.ts";
import type { ProgressEvent } from "../core/progress.ts";
import { rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { encodeJpeg } from "../platform/node/image-codec.ts";
import { estimateDepthMaps, type StereoOptions } from "./estimate-depth-maps.ts";
import type { StereoPhoto } from "./stereo-photo.ts";

const surfaces = [plane([0.25, 0.1, 1], 4.2), sphere([0.1, 0.1, 3], 0.7), plane([0, 0.1, -1], 5)];
const size = { width: 128, height: 96 };
const OPTIONS = { workers: 1, seed: "test" };

/** A photo, and a network that sees it eight times smaller and is off by a factor that changes over the picture. */
async function photoOf(view: TexturedView, name: string, drift = 0.2): Promise<StereoPhoto> {
  const { width, height, gray, depth, intrinsics, worldFromCam } = view;
  const rgb = Uint8Array.from({ length: 3 * gray.length }, (_, i) => gray[Math.floor(i / 3)]!);
  const small = { width: width / 8, height: height / 8 };
  const coarse = Float32Array.from({ length: small.width * small.height }, (_, i) => {
    const [x, y] = [i % small.width, Math.floor(i / small.width)];
    return depth[(8 * y + 4) * width + 8 * x + 4]! * (1 + drift * Math.sin(x / 3) * Math.cos(y / 4));
  });
  return {
    picture: { name, bytes: await encodeJpeg({ width, height, rgb }, 95) },
    original: { width, height },
    intrinsics,
    worldFromCam,
    network: { ...small, depth: coarse, confidence: coarse.map(() => 2) },
  };
}

const viewAt = (turn: readonly [number, number, number], place: readonly [number, number, number], of = size) =>
  texturedView(rigidPose(rotationFromVector(turn), place), surfaces, of);

/** As `estimateDepthMaps`, with the maps loaded. */
async function estimated(photos: readonly StereoPhoto[], options: StereoOptions) {
  const depth = await estimateDepthMaps(photos, options);
  return { ...depth, maps: await Promise.all(depth.maps.map((map) => map.load())) };
}

function shareOf(values: Uint8Array, value: number): number {
  return values.filter((v) => v === value).length / values.length;
}

describe("dense depth", () => {
  test("of three photos, one of another size: measured, nearly everywhere right, and fused", async () => {
    const views = [
      viewAt([0, 0, 0], [0, 0, 0]),
      viewAt([0.01, -0.1, 0.02], [0.4, 0.02, 0.05]),
      viewAt([-0.08, 0.03, 0], [-0.1, 0.35, -0.05], { width: 160, height: 104 }),
    ];
    const photos = await Promise.all(views.map((view, i) => photoOf(view, `${i}.jpg`)));
    const stages: number[] = [];
    const { maps, sources, points } = await estimated(photos, {
      ...OPTIONS,
      onProgress: ({ done, total }) => stages.push(done / total),
    });
    expect(sources.map((of) => of.length)).toEqual([2, 2, 2]);
    expect(stages.at(-1)).toBe(1);
    for (const [i, { width, height, depth, source }] of maps.entries()) {
      expect([width, height]).toEqual([views[i]!.width, views[i]!.height]);
      expect(shareOf(source, FROM_STEREO)).toBeGreaterThan(0.5);
      const errors = depth.map((z, k) => Math.abs(z / views[i]!.depth[k]! - 1));
      const measured = errors.filter((_, k) => source[k] === FROM_STEREO).sort();
      expect(measured[Math.floor(0.95 * measured.length)]).toBeLessThan(0.03);
      const filled = errors.filter((_, k) => source[k] === FROM_NETWORK).sort();
      expect(filled[filled.length >> 1]).toBeLessThan(0.08);
    }
    const count = points.positions.length / 3;
    expect(count).toBeGreaterThan(3000);
    expect([points.normals.length, points.colors.length]).toEqual([3 * count, 3 * count]);
    // Each lies on the plane or on the sphere, and its normal is that of it.
    let [off, turned] = [0, 0];
    for (let i = 0; i < 3 * count; i += 3) {
      const [x, y, z] = points.positions.subarray(i, i + 3) as unknown as [number, number, number];
      const toPlane = Math.abs(0.25 * x + 0.1 * y + z - 4.2) / Math.hypot(0.25, 0.1, 1);
      const radius = Math.hypot(x - 0.1, y - 0.1, z - 3);
      if (Math.min(toPlane, Math.abs(radius - 0.7)) > 0.06) off++;
      if (toPlane > 0.06) continue;
      const cosine = -(0.25 * points.normals[i]! + 0.1 * points.normals[i + 1]! + points.normals[i + 2]!);
      if (cosine / Math.hypot(0.25, 0.1, 1) < Math.cos(Math.PI / 5)) turned++;
    }
    expect(off).toBeLessThan(0.03 * count);
    expect(turned).toBeLessThan(0.1 * count);
  });

  test.each<[string, TexturedView[]]>([
    ["one photo", [viewAt([0, 0, 0], [0, 0, 0])]],
    ["two photos without overlap", [viewAt([0, 0, 0], [0, 0, 0]), viewAt([0, Math.PI, 0], [0, 0, -1])]],
    ["a camera that only turned", [viewAt([0, 0, 0], [0, 0, 0]), viewAt([0, 0.1, 0], [0, 0, 0])]],
  ])("%s: the network's depth stands, and nothing is measured", async (_, views) => {
    const photos = await Promise.all(views.map((view, i) => photoOf(view, `${i}.jpg`)));
    const { maps, sources, points } = await estimated(photos, OPTIONS);
    expect(sources.every((of) => of.length === 0)).toBe(true);
    expect(points.positions.length).toBe(0);
    for (const [i, { source, depth }] of maps.entries()) {
      expect(shareOf(source, FROM_STEREO)).toBe(0);
      const seen = photos[i]!.network.depth;
      expect(depth[44 * 128 + 68]! / seen[5 * 16 + 8]!).toBeCloseTo(1, 1);
    }
  });

  test("a camera that moves forward: what is measured is right", async () => {
    const views = [viewAt([0, 0, 0], [0, 0, 0]), viewAt([0, 0, 0], [0.02, 0, 0.6])];
    const photos = await Promise.all(views.map((view, i) => photoOf(view, `${i}.jpg`)));
    const { maps } = await estimated(photos, OPTIONS);
    const { depth, source } = maps[0]!;
    const errors = depth.map((z, k) => Math.abs(z / views[0]!.depth[k]! - 1));
    const measured = errors.filter((_, k) => source[k] === FROM_STEREO).sort();
    expect(measured.length).toBeGreaterThan(0.1 * source.length);
    expect(measured[Math.floor(0.9 * measured.length)]).toBeLessThan(0.03);
  });

  test("wrong cameras: little is measured", async () => {
    const views = [viewAt([0, 0, 0], [0, 0, 0]), viewAt([0.01, -0.1, 0.02], [0.4, 0.02, 0.05])];
    const photos = await Promise.all(views.map((view, i) => photoOf(view, `${i}.jpg`)));
    const wrong = { ...photos[1]!, worldFromCam: rigidPose(rotationFromVector([0.06, -0.1, 0.05]), [0.4, 0.02, 0.05]) };
    const { maps } = await estimated([photos[0]!, wrong], OPTIONS);
    // With the right ones it is more than half.
    for (const { source } of maps) expect(shareOf(source, FROM_STEREO)).toBeLessThan(0.1);
  });

  test("of what moved between photos little is measured, and nothing of blank photos", async () => {
    const moved = [plane([0.25, 0.1, 1], 4.2), sphere([0.45, 0.35, 3], 0.7)];
    const still = [plane([0.25, 0.1, 1], 4.2), sphere([0.1, 0.1, 3], 0.7)];
    const poses = [
      rigidPose(rotationFromVector([0, 0, 0]), [0, 0, 0]),
      rigidPose(rotationFromVector([0, -0.1, 0]), [0.4, 0, 0]),
    ];
    const views = [texturedView(poses[0]!, still, size), texturedView(poses[1]!, moved, size)];
    const photos = await Promise.all(views.map((view, i) => photoOf(view, `${i}.jpg`)));
    const { maps } = await estimated(photos, OPTIONS);
    const { depth, source } = maps[0]!;
    const isSphere = (k: number) => views[0]!.depth[k]! < 3.2;
    const onSphere = source.filter((_, k) => isSphere(k));
    expect(onSphere.length).toBeGreaterThan(500);
    // Windows that agree by chance; where things stand still it is more than half.
    expect(shareOf(onSphere, FROM_STEREO)).toBeLessThan(0.2);
    expect(
      shareOf(
        source.filter((_, k) => !isSphere(k)),
        FROM_STEREO,
      ),
    ).toBeGreaterThan(0.3);
    expect(depth.every((z) => z > 0)).toBe(true);

    const blank = views.map((view) => ({ ...view, gray: view.gray.map(() => 200) }));
    const blanks = await Promise.all(blank.map((view, i) => photoOf(view, `${i}.jpg`, 0)));
    const nothing = await estimated(blanks, OPTIONS);
    for (const { source: of } of nothing.maps) expect(shareOf(of, FROM_STEREO)).toBe(0);
  });

  test("nothing is measured of a sky with clouds, whatever the network takes it for", async () => {
    const wall: Surface = (eye, ray) => {
      const hit = plane([0.25, 0.1, 1], 4.2)(eye, ray);
      return eye[1]! + hit * ray[1]! > 0 ? hit : Number.POSITIVE_INFINITY;
    };
    const clouds = ([x = 0, y = 0, z = 0]: readonly number[]): number => {
      const [scale, strength] = z > 1e4 ? [60 / z, 40] : [9, 60];
      return 130 + strength * (Math.sin(scale * (x + 0.6 * y)) + Math.sin(scale * (1.7 * y - 0.8 * x) + 1));
    };
    const poses = [
      rigidPose(rotationFromVector([0, 0, 0]), [0, 0, 0]),
      rigidPose(rotationFromVector([0, -0.1, 0]), [0.4, 0, 0]),
    ];
    const views = poses.map((pose) => texturedView(pose, [wall, plane([0, 0, 1], 1e5)], { ...size, texture: clouds }));
    const isSky = views[0]!.depth.map((z) => Number(z > 1e4));
    const seen = views.map((view) => ({ ...view, depth: view.depth.map((z) => (z > 1e4 ? 9 : z)) }));
    const photos = await Promise.all(seen.map((view, i) => photoOf(view, `${i}.jpg`)));
    const { source } = (await estimated(photos, OPTIONS)).maps[0]!;
    const share = (sky: number) =>
      shareOf(
        source.filter((_, k) => isSky[k] === sky),
        FROM_STEREO,
      );
    expect(share(1)).toBe(0);
    expect(share(0)).toBeGreaterThan(0.4);
  });

  test("an interrupted run goes on where it stopped, with equal results; a store without room or damaged changes nothing", async () => {
    const small = { width: 64, height: 48 };
    const views = [viewAt([0, 0, 0], [0, 0, 0], small), viewAt([0.01, -0.1, 0.02], [0.4, 0.02, 0.05], small)];
    const photos = await Promise.all(views.map((view, i) => photoOf(view, `${i}.jpg`)));
    const plain = await estimated(photos, OPTIONS);
    const blobs = new Map<string, Uint8Array>();
    const store: BlobStore = {
      has: async (key) => blobs.has(key),
      // As a folder gives them: a part of what was read.
      get: async (key) =>
        blobs.has(key) ? Buffer.concat([Buffer.alloc(32), blobs.get(key)!]).subarray(32) : undefined,
      put: async (key, bytes) => void blobs.set(key, bytes),
    };
    const place = { store, key: "stereo" };
    const abort = new AbortController();
    const onProgress = ({ done }: ProgressEvent) => {
      if (done === 5) abort.abort(new Error("enough"));
    };
    const running = estimated(photos, { ...OPTIONS, store: place, signal: abort.signal, onProgress });
    await expect(running).rejects.toThrow("enough");
    // Brightness of two photos, planes of three rounds.
    expect(blobs.size).toBe(5);
    for (const key of [...blobs.keys()].slice(1, 3)) blobs.set(key, blobs.get(key)!.subarray(16));
    const reused: number[] = [];
    const again = await estimated(photos, {
      ...OPTIONS,
      store: place,
      onProgress: (event) => reused.push(event.reused ?? 0),
    });
    expect(reused.at(-1)).toBe(3);
    expect(again).toEqual(plain);
    const full: BlobStore = { has: async () => false, get: async () => undefined, put: async () => {} };
    expect(await estimated(photos, { ...OPTIONS, store: { store: full, key: "stereo" } })).toEqual(plain);
  });

  test("cancelling ends it; a broken file is named", async () => {
    const photos = await Promise.all([0, 0.4].map((x) => photoOf(viewAt([0, 0, 0], [x, 0, 0]), `${x}.jpg`)));
    const abort = new AbortController();
    const running = estimated(photos, { ...OPTIONS, signal: abort.signal, onProgress: () => abort.abort() });
    await expect(running).rejects.toThrow("abort");
    const broken = { ...photos[0]!, picture: { name: "torn.jpg", bytes: new Uint8Array(64) } };
    await expect(estimated([broken], OPTIONS)).rejects.toThrow("torn.jpg");
  });
});
