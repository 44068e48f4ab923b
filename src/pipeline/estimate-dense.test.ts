import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { plane, sphere, type TexturedView, texturedView } from "../../test/textured-views.ts";
import { type DenseScene, FROM_NETWORK, FROM_STEREO } from "../core/dense-scene.ts";
import type { NamedBytes } from "../core/picture.ts";
import type { PoseSource, Scene, SceneImage } from "../core/scene.ts";
import type { PixelMapping, View } from "../core/view.ts";
import { plannedNames } from "../export/planned-names.ts";
import { writeScene } from "../export/write-scene.ts";
import { decodeExr } from "../formats/exr.ts";
import { openNpz } from "../formats/npz.ts";
import { decodePng16 } from "../formats/png16.ts";
import { networkIntrinsics } from "../geometry/pixel-mapping.ts";
import { rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { encodeJpeg } from "../platform/node/image-codec.ts";
import { denseWarnings } from "./dense-warnings.ts";
import { type WrittenDepth, writeDepthFolder } from "./depth-folder.ts";
import { estimateDense } from "./estimate-dense.ts";

const size = { width: 136, height: 96 };
const surfaces = [plane([0.25, 0.1, 1], 4.2), sphere([0.1, 0.1, 3], 0.7)];
const places = [
  [0, 0, 0],
  [0.4, 0.02, 0.05],
  [-0.35, 0.1, 0],
] as const;
const seen = places.map(([x, y, z]) =>
  texturedView(rigidPose(rotationFromVector([0, -x / 4, 0]), [x, y, z]), surfaces, size),
);

/** The network sees an eighth of it, without four pixels at the left and right, and is off by a tenth. */
const network = { width: 16, height: 12 };
const originalFromNetwork: PixelMapping = { scaleX: 8, scaleY: 8, offsetX: 3.5 + 4, offsetY: 3.5 };

function imageOf({ depth, intrinsics, worldFromCam }: TexturedView, poseSource: PoseSource): SceneImage {
  const coarse = Float32Array.from({ length: network.width * network.height }, (_, i) => {
    const [x, y] = [8 * (i % network.width) + 8, 8 * Math.floor(i / network.width) + 4];
    return 1.1 * depth[y * size.width + x]!;
  });
  return {
    ...network,
    registered: true,
    component: 0,
    intrinsics: networkIntrinsics(intrinsics, originalFromNetwork),
    worldFromCam,
    poseSource,
    depth: coarse,
    confidence: coarse.map(() => 2),
  };
}

function sceneOf(sources: readonly PoseSource[]): Scene {
  return {
    units: "arbitrary",
    images: sources.map((source, i) => imageOf(seen[i]!, source)),
    pairs: [],
    alignment: { method: "global", loss: 0, iterations: 0, seconds: 0 },
  };
}

const files = await Promise.all(
  seen.map(async ({ gray }, i): Promise<NamedBytes> => {
    const rgb = Uint8Array.from({ length: 3 * gray.length }, (_, k) => gray[Math.floor(k / 3)]!);
    return { name: `${i}.jpg`, bytes: await encodeJpeg({ ...size, rgb }, 95) };
  }),
);
const views = files.map(({ name }): View => {
  return { ...network, name, rgb: new Uint8Array(), original: size, originalFromNetwork, hash: name };
});

describe("dense depth of a scene", () => {
  const scene = sceneOf(["refined", "given", "network"]);
  let answer: Promise<DenseScene> | undefined;
  const estimated = () => (answer ??= estimateDense(scene, views, { files }));

  test("is measured between photos of exact cameras, and written with where it comes from", async () => {
    const dense = await estimated();
    expect(dense.maps[2]).toBeUndefined();
    expect(denseWarnings(dense)).toEqual([]);
    const { depth, source } = await dense.maps[0]!.load();
    const errors = depth.map((z, i) => Math.abs(z / seen[0]!.depth[i]! - 1));
    const measured = errors.filter((_, i) => source[i] === FROM_STEREO).sort();
    expect(measured.length).toBeGreaterThan(0.4 * errors.length);
    expect(measured[measured.length >> 1]).toBeLessThan(0.01);
    // Bent to what is measured, the network is no longer off by a tenth.
    const filled = errors.filter((_, i) => source[i] === FROM_NETWORK).sort();
    expect(filled[filled.length >> 1]).toBeLessThan(0.06);
    // The network saw nothing of the first column.
    for (let y = 0; y < size.height; y++) expect(source[y * size.width]).not.toBe(FROM_NETWORK);

    const written = new Map<string, Uint8Array>();
    const kinds = ["depth", "ply", "glb"] as const;
    const { sceneJson } = await writeScene(
      scene,
      views,
      { write: async (name, bytes) => void written.set(name, bytes) },
      {
        run: { model: { name: "tiny", dtype: "fp32", device: "cpu" }, timings: {}, peakMemoryBytes: 0 },
        encodeJpeg: async () => new Uint8Array(4),
        loadViewerHtml: async () => "",
        dense,
        kinds,
      },
    );
    const [first, , third] = sceneJson.images;
    expect(third!.source).toBeNull();
    expect([...written.keys()].every((name) => plannedNames(views, kinds, true).includes(name))).toBe(true);
    const map = await decodePng16(written.get(first!.depth!.file)!, "depth");
    const from = await decodePng16(written.get(first!.source!.file)!, "source");
    expect([map.width, from.height]).toEqual([size.width, size.height]);
    expect([...from.data]).toEqual([...source]);
    for (const i of [40 * size.width + 40, 70 * size.width + 100])
      expect(first!.depth!.scale * map.data[i]!).toBeCloseTo(depth[i]!, 3);
    const header = new TextDecoder().decode(written.get("points.ply")!.subarray(0, 500));
    expect(header).toContain(`element vertex ${dense.points.photos.length}\n`);
    expect(header).toContain("property float nx\n");
  });

  test("is what depth maps of photos hold, in every format, each with where it comes from", async () => {
    const dense = await estimated();
    const folder = await mkdtemp(join(tmpdir(), "dust3r-dense-"));
    try {
      const { images } = await writeDepthFolder({ scene, views, dense }, folder, { formats: ["npz", "exr", "png"] });
      expect(images.map(({ source }) => source)).toEqual(["source/0.png", "source/1.png", undefined]);
      const [{ depth, source }, [{ scale }]] = [await dense.maps[0]!.load(), images as [WrittenDepth]];
      const npz = await openNpz(readFileSync(join(folder, "depth/0.npz")), "0.npz");
      expect(npz.read("source")).toEqual({ shape: [size.height, size.width], data: source });
      expect(npz.read("depth").data).toEqual(depth);
      const { channels } = decodeExr(readFileSync(join(folder, "depth/0.exr")), "0.exr");
      expect(channels.get("Z")).toEqual(depth);
      expect(channels.get("source")).toEqual(Float32Array.from(source));
      const png = await decodePng16(readFileSync(join(folder, "depth/0.png")), "0.png");
      const middle = 40 * size.width + 40;
      expect(scale * png.data[middle]!).toBeCloseTo(depth[middle]!, 3);
      expect([...(await decodePng16(readFileSync(join(folder, "source/0.png")), "0.png")).data]).toEqual([...source]);
      expect((await openNpz(readFileSync(join(folder, "depth/2.npz")), "2.npz")).names).toEqual(["depth", "K"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("points are capped evenly where a number is given", async () => {
    const dense = await estimated();
    const written = new Map<string, Uint8Array>();
    const run = { model: { name: "tiny", dtype: "fp32", device: "cpu" }, timings: {}, peakMemoryBytes: 0 } as const;
    const how = { run, encodeJpeg: async () => new Uint8Array(4), loadViewerHtml: async () => "" };
    const sink = { write: async (name: string, bytes: Uint8Array) => void written.set(name, bytes) };
    await writeScene(scene, views, sink, { ...how, dense, kinds: ["ply", "glb"], mostPoints: 250 });
    const header = new TextDecoder().decode(written.get("points.ply")!.subarray(0, 500));
    expect(header).toContain("element vertex 250\n");
    await writeScene(scene, views, sink, { ...how, kinds: ["ply"], mostPoints: 100 });
    expect(new TextDecoder().decode(written.get("points.ply")!.subarray(0, 500))).toContain("element vertex 100\n");
  });

  test.each<[string, readonly PoseSource[]]>([
    ["where only the network knows cameras", ["network", "network"]],
    ["where one camera alone is exact", ["refined", "network"]],
  ])("is not measured %s, and that is said", async (_, sources) => {
    const dense = await estimateDense(sceneOf(sources), views.slice(0, 2), { files });
    expect(dense.points.photos.length).toBe(0);
    expect(denseWarnings(dense)).toHaveLength(1);
    expect(denseWarnings(dense)[0]).toContain("needs two photos or more");
  });
});
