import fc from "fast-check";
import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { bytesFromBase64 } from "../core/base64.ts";
import { type DenseMap, type DenseScene, FROM_STEREO } from "../core/dense-scene.ts";
import type { Size } from "../core/size.ts";
import { choosePointFilter } from "./point-filter.ts";
import { encodeReport, type ReportOptions } from "./report.ts";
import {
  confidenceCode,
  confidenceOfCode,
  depthCode,
  depthOfCode,
  gridPixel,
  MEASURED_CODE,
  REPORT_DATA_MARK,
  type ReportData,
  SHARE_CODE,
} from "./report-data.ts";
import { sceneTracks } from "./tracks/scene-tracks.ts";
import { summarizeTracks } from "./tracks/summarize-tracks.ts";

const names = ["</script><script>alert(1)</script>.jpg", "<!--$&.jpg"];
const { scene, views } = syntheticScene({ names });

async function report(changes: Partial<ReportOptions> = {}, seen = views): Promise<{ page: string; data: ReportData }> {
  const bytes = await encodeReport(scene, seen, {
    run: { model: { name: "tiny", dtype: "fp32", device: "cpu" }, timings: {}, peakMemoryBytes: 1 },
    filter: choosePointFilter(scene, 3),
    tracks: sceneTracks(scene, 3),
    trackSummary: summarizeTracks(sceneTracks(scene, 3), views),
    status: "ok",
    warnings: [],
    encodeJpeg: async ({ rgb }) => rgb,
    viewerHtml: `<p>${REPORT_DATA_MARK}</p>`,
    ...changes,
  });
  const page = new TextDecoder().decode(bytes);
  return { page, data: JSON.parse(page.slice(3, -4)) as ReportData };
}

test("no file name can leave the data it stands in", async () => {
  const { page, data } = await report({ warnings: ["</script>"] });
  expect(page.slice(3, -4)).not.toContain("<");
  expect(data.images.map(({ file }) => file)).toEqual(names);
  expect(data.warnings).toEqual(["</script>"]);
});

test("a photo that has more pixels than its view is there in more of them", async () => {
  const [view] = views;
  const loadPreview = async (image: number, longSide: number) => Uint8Array.of(image, longSide >> 8, longSide & 255);
  const sharp = views.map(({ originalFromNetwork, ...one }, i) => {
    return { ...one, originalFromNetwork: { ...originalFromNetwork, scaleX: [30, 1.2][i]! } };
  });
  const { data } = await report({ loadPreview }, sharp);
  const sides = data.images.map(({ picture }) => picture && [...bytesFromBase64(picture)]);
  expect(30 * view!.width).toBeGreaterThan(720);
  expect(sides).toEqual([[0, 720 >> 8, 720 & 255], undefined]);
  expect((await report({}, sharp)).data.images.map(({ picture }) => picture)).toEqual([undefined, undefined]);
});

test("depth, confidence and color of every pixel are in the page", async () => {
  const { data } = await report();
  for (const [i, { cloud, photo }] of data.images.entries()) {
    const { depth, confidence, width, height } = scene.images[i]!;
    expect(cloud).toMatchObject({ grid: { width, height }, step: 1, network: { width, height } });
    const depths = new DataView(bytesFromBase64(cloud!.depth).buffer);
    const codes = bytesFromBase64(cloud!.confidence);
    const errors = Array.from(depth, (z, pixel) => {
      return Math.abs(depthOfCode(depths.getUint16(2 * pixel, true), cloud!.depth_range) / z - 1);
    });
    expect(Math.max(...errors)).toBeLessThan(1e-4);
    expect([...codes]).toEqual(Array.from(confidence, (value) => confidenceCode(value, data.max_confidence)));
    expect(bytesFromBase64(photo).length).toBe(3 * width * height);
  }
});

test("measured depth is in the page at its own resolution, above all of the network's confidences, in the photo's colors", async () => {
  const [view] = views;
  const map: DenseMap = {
    width: 2 * view!.original.width,
    height: 2 * view!.original.height,
    depth: new Float32Array(4 * view!.original.width * view!.original.height).map((_, i) => 1 + (i % 100)),
    source: new Uint8Array(4 * view!.original.width * view!.original.height).map((_, i) => i % 3),
  };
  const points = { positions: new Float32Array(0), normals: new Float32Array(0), colors: new Uint8Array(0) };
  const dense: DenseScene = {
    maps: [{ width: map.width, height: map.height, load: async () => map }, undefined],
    points: { ...points, photos: new Uint8Array(0) },
    share: 1,
  };
  const loadPicture = async (_: number, { width, height }: Size) => {
    return { width, height, rgb: Uint8Array.from({ length: 3 * width * height }, (_, i) => i % 251) };
  };
  const { data } = await report({ dense, loadPicture });
  const [measured, other] = data.images.map(({ cloud }) => cloud!);
  const { width, height } = measured!.network;
  const { scaleX, offsetX, offsetY } = view!.originalFromNetwork;
  expect(data.measured).toBe(true);
  expect([width, height]).toEqual([2 * scaleX * view!.width, 2 * scaleX * view!.height]);
  expect(measured!.intrinsics.fx).toBeCloseTo(2 * scaleX * scene.images[0]!.intrinsics.fx, 6);
  expect(measured!.grid).toEqual({ width, height });
  const depths = new DataView(bytesFromBase64(measured!.depth).buffer);
  const codes = bytesFromBase64(measured!.confidence);
  const colors = bytesFromBase64(data.images[0]!.photo);
  const [left, top] = [2 * (offsetX - scaleX / 2 + 0.5), 2 * (offsetY - scaleX / 2 + 0.5)];
  for (const [x, y] of [
    [0, 0],
    [17, 9],
    [width - 1, height - 1],
  ] as const) {
    const pixel = (y + top) * map.width + x + left;
    const sample = y * width + x;
    expect(depthOfCode(depths.getUint16(2 * sample, true), measured!.depth_range) / map.depth[pixel]!).toBeCloseTo(
      1,
      3,
    );
    expect(codes[sample] === MEASURED_CODE).toBe(map.source[pixel] === FROM_STEREO);
    expect(colors[3 * sample]).toBe((3 * pixel) % 251);
  }
  expect(other!.network).toEqual({ width: views[1]!.width, height: views[1]!.height });
  expect(Math.max(...bytesFromBase64(other!.confidence))).toBeLessThan(MEASURED_CODE);
});

test("where photos show the points that they share is in the page, with the errors", async () => {
  const tracks = sceneTracks(scene, 3);
  const { data } = await report();
  for (const [i, { tracks: base64, median_reprojection_error }] of data.images.entries()) {
    const codes = new DataView(bytesFromBase64(base64).buffer);
    const seen = [...tracks.images.keys()].filter((k) => tracks.images[k] === i);
    expect(codes.byteLength).toBe(6 * seen.length);
    expect(seen.length).toBeGreaterThan(20);
    for (const [k, at] of seen.entries()) {
      const [x, y] = [tracks.xy[2 * at]!, tracks.xy[2 * at + 1]!];
      expect((codes.getUint16(6 * k, true) / SHARE_CODE) * views[i]!.width - 0.5).toBeCloseTo(x, 2);
      expect((codes.getUint16(6 * k + 2, true) / SHARE_CODE) * views[i]!.height - 0.5).toBeCloseTo(y, 2);
    }
    const errors = seen.map((_, k) => codes.getUint16(6 * k + 4, true) / 100).sort((a, b) => a - b);
    expect(errors[errors.length >> 1]).toBeCloseTo(median_reprojection_error!, 1);
  }
});

test("too many points are sampled, evenly and within the photo", async () => {
  const { data } = await report({ mostPoints: 1000 });
  const grids = data.images.map(({ cloud }) => cloud!.grid.width * cloud!.grid.height);
  const kept = grids[0]! + grids[1]!;
  expect(kept).toBeLessThanOrEqual(1000);
  expect(kept).toBeGreaterThan(800);
  expect(data.total_points).toBe(2 * 64 * 48);
  const { grid, step, depth, depth_range } = data.images[0]!.cloud!;
  expect(gridPixel(grid.width - 1, step)).toBeLessThan(64);
  const codes = new DataView(bytesFromBase64(depth).buffer);
  const [column, row] = [5, 7];
  const pixel = gridPixel(row, step) * 64 + gridPixel(column, step);
  const code = codes.getUint16(2 * (row * grid.width + column), true);
  expect(depthOfCode(code, depth_range) / scene.images[0]!.depth[pixel]!).toBeCloseTo(1, 4);
});

test("depth codes keep relative precision over any range", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-4, max: 1, noNaN: true }),
      fc.double({ min: 1, max: 1e4, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (nearest, farthest, share) => {
        const z = nearest * (farthest / nearest) ** share;
        const code = depthCode(z, [nearest, farthest]);
        expect(code).toBeGreaterThanOrEqual(1);
        expect(code).toBeLessThanOrEqual(65535);
        expect(Math.abs(depthOfCode(code, [nearest, farthest]) / z - 1)).toBeLessThan(2e-4);
      },
    ),
  );
  expect(depthCode(0, [1, 2])).toBe(0);
  expect(depthOfCode(depthCode(3, [3, 3]), [3, 3])).toBe(3);
});

test("a bar at a confidence's code lets that confidence pass", () => {
  const confidence = fc.double({ min: 1, max: 1e5, noNaN: true });
  fc.assert(
    fc.property(confidence, confidence, (a, b) => {
      const [value, most] = a < b ? [a, b] : [b, a];
      const code = confidenceCode(value, most);
      expect(confidenceOfCode(code, most)).toBeLessThanOrEqual(value * (1 + 1e-9));
      if (most > 1) expect(confidenceOfCode(code + 1, most)).toBeGreaterThan(value * (1 - 1e-9));
    }),
  );
});

test("a viewer without a place for the data is a bug that shows", async () => {
  await expect(report({ viewerHtml: "<p></p>" })).rejects.toThrow("one place for its data");
});
