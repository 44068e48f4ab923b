import { resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { InputError } from "../src/core/errors.ts";
import type { ProgressEvent } from "../src/core/progress.ts";
import { projectPoints } from "../src/geometry/camera.ts";
import { transformPoints } from "../src/geometry/pose.ts";
import { matchPhotos } from "../src/pipeline/match-photos.ts";
import { type Model, openModel } from "../src/pipeline/open-model.ts";
import { photoFocals } from "../src/pipeline/photo-focals.ts";
import { predictPairs } from "../src/pipeline/predict-pairs.ts";
import { reconstruct } from "../src/pipeline/reconstruct.ts";
import { relativePose } from "../src/pipeline/relative-pose.ts";

const count = vi.hoisted(() => ({ engines: 0, graphs: 0, closed: 0 }));
vi.mock("../src/runtime/engine.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("../src/runtime/engine.ts")>();
  const openEngine: typeof original.openEngine = async (options) => {
    count.engines++;
    const engine = await original.openEngine(options);
    const open: typeof engine.open = (model, how) => {
      count.graphs++;
      return engine.open(model, how);
    };
    const close = async () => {
      count.closed++;
      await engine[Symbol.asyncDispose]();
    };
    return { ...engine, open, [Symbol.asyncDispose]: close };
  };
  return { ...original, openEngine };
});

const PHOTOS = [1, 2].map((n) => resolve(import.meta.dirname, `../examples/photos/courtyard-${n}.jpg`));
const OPENING = { model: "small", device: "cpu", threads: 1, mirror: false } as const;
let model: Model;

beforeAll(async () => {
  model = await openModel(OPENING);
});
afterAll(() => model[Symbol.asyncDispose]());
beforeEach(() => {
  count.engines = 0;
  count.graphs = 0;
  count.closed = 0;
});

test("an open model serves many calls: no engine is started, and a graph is built once for a size", async () => {
  const first = await predictPairs(PHOTOS, { model });
  expect(count).toEqual({ engines: 0, graphs: 2, closed: 0 });
  const second = await predictPairs(PHOTOS, { model });
  await Promise.all([matchPhotos(PHOTOS, { model }), photoFocals(PHOTOS, { model }), relativePose(PHOTOS, { model })]);
  expect(count).toEqual({ engines: 0, graphs: 2, closed: 0 });
  expect(second.predictions).toEqual(first.predictions);
});

test("a call without one starts an engine of its own and gives the same answer", async () => {
  const own = await predictPairs(PHOTOS, OPENING);
  expect(count.engines).toBe(1);
  const { predictions } = await predictPairs(PHOTOS, { model });
  expect(own.predictions).toEqual(predictions);
});

test("the engine that a reconstruction started is gone before cameras are refined", async () => {
  const closed = new Map<string, number>();
  const onProgress = ({ stage }: ProgressEvent) => void closed.set(stage, count.closed);
  const { run } = await reconstruct(PHOTOS, { ...OPENING, dense: "none", onProgress });
  expect(closed.get("decode")).toBe(0);
  expect(closed.get("refine")).toBe(1);
  expect(run.peakMemoryBytes).toBeGreaterThan(1e7);
});

test("what only opening heeds is refused beside an open model", async () => {
  await expect(reconstruct(PHOTOS, { model, device: "cpu", size: 64 })).rejects.toThrow(
    new InputError("device, size: the model is open already; openModel, which opened it, takes these"),
  );
});

test("an aborted call leaves the model open", async () => {
  const controller = new AbortController();
  const call = reconstruct(PHOTOS, {
    model,
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("no")),
  });
  await expect(call).rejects.toThrow("no");
  await expect(photoFocals(PHOTOS.slice(0, 1), { model })).resolves.toHaveLength(1);
});

test("a disposed model answers no more", async () => {
  const disposed = await openModel(OPENING);
  await disposed[Symbol.asyncDispose]();
  await expect(photoFocals(PHOTOS.slice(0, 1), { model: disposed })).rejects.toThrow("the engine is closed");
});

test("photos of a reconstruction are told in their own pixels", async () => {
  const { photos, scene } = await reconstruct(PHOTOS, { model });
  expect(photos.map(({ name, width, height }) => [name, width, height])).toEqual([
    ["courtyard-1.jpg", 640, 480],
    ["courtyard-2.jpg", 640, 480],
  ]);
  for (const [i, photo] of photos.entries()) {
    expect(photo.registered).toBe(true);
    const { intrinsics, camFromWorld, worldFromCam } = photo;
    expect(intrinsics.fx / scene.images[i]!.intrinsics.fx).toBeCloseTo(640 / scene.images[i]!.width, 6);
    expect(worldFromCam).toEqual(scene.images[i]!.worldFromCam);
    // Every point lies where the photo's camera sees it, at the depth that the map has there.
    const { positions, pixels, colors, confidence } = photo.points();
    expect(positions.length).toBeGreaterThan(3 * 5000);
    expect([positions.length / 3, colors.length / 3, confidence.length]).toEqual(Array(3).fill(pixels.length / 2));
    const inCamera = transformPoints(camFromWorld!, positions);
    const projected = projectPoints(inCamera, intrinsics);
    const offsets = projected.map((value, k) => Math.abs(value - pixels[k]!));
    expect(offsets.reduce((a, b) => Math.max(a, b))).toBeLessThan(0.01);
    const depth = photo.depth();
    expect(depth).toHaveLength(640 * 480);
    const ratios = confidence.map((_, k) => {
      const [x, y] = [Math.round(pixels[2 * k]!), Math.round(pixels[2 * k + 1]!)];
      return depth[y * 640 + x]! / inCamera[3 * k + 2]!;
    });
    expect(ratios.sort()[ratios.length >> 1]).toBeCloseTo(1, 2);
    expect(photo.confidence()).toHaveLength(640 * 480);
  }
});
