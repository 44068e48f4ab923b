import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openOutputFolder } from "#platform";
import { writeMapFolder } from "../../test/map-folder.ts";
import { type KnownPhoto, oracleNetwork } from "../../test/oracle-network.ts";
import { poseDifference } from "../../test/pose-errors.ts";
import { largestDifference } from "../../test/random-geometry.ts";
import { writePhoto } from "../../test/room-photos.ts";
import type { Pose } from "../core/camera.ts";
import { writeScene } from "../export/write-scene.ts";
import { depthsOf, invertRigid } from "../geometry/pose.ts";
import { loadViews } from "../images/load-views.ts";
import { openMap } from "../maps/open-map.ts";
import { generateScene } from "../procedural/generate-scene.ts";
import { readSceneFile } from "../scene-file/read-scene-file.ts";
import { loadStoredImages } from "./add-photos.ts";
import { EncodedMap } from "./encoded-map.ts";
import { extendScene } from "./extend-scene.ts";
import { localizeViews } from "./localize-photos.ts";

const PLAN = { size: 64, patchSize: 16 };
const NAMES = ["a.jpg", "b.jpg", "c.jpg", "query.jpg"];
let folder: string;
let mapFolder: string;
let known: ReadonlyMap<string, KnownPhoto>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-localize-"));
  mapFolder = join(folder, "map");
  const { views } = generateScene(8, 4, { views: 4, width: 160, height: 120, casual: false });
  known = new Map(NAMES.map((name, i) => [name, views[i]!]));
  await writeMapFolder(mapFolder, new Map([...known].slice(0, 3)));
  await writePhoto(join(folder, "query.jpg"), known.get("query.jpg")!);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function encodedMap(): Promise<EncodedMap> {
  return new EncodedMap(await openMap(mapFolder), { network: oracleNetwork(known), plan: PLAN });
}

/** In degrees, and as a share of the scene's median depth. */
function poseError(worldFromCam: Pose, name: string): { readonly degrees: number; readonly distance: number } {
  const photo = known.get(name)!;
  const depths = photo.depth.filter((z) => z > 0).sort();
  const { degrees, distance } = poseDifference(worldFromCam, photo.worldFromCam);
  return { degrees, distance: distance / depths[depths.length >> 1]! };
}

describe("with a network that is always right", () => {
  test.each(["correspondences", "relative"] as const)(
    "a query is located in posed RGB-D photos, by %s",
    async (method) => {
      const views = await loadViews([join(folder, "query.jpg")], PLAN);
      const [found] = await localizeViews(views, await encodedMap(), { method });
      expect(found!.problem).toBeUndefined();
      const { degrees, distance } = poseError(invertRigid(found!.camFromWorld!), "query.jpg");
      expect(degrees).toBeLessThan(1);
      expect(distance).toBeLessThan(0.02);
      expect(found!.intrinsics!.fx / known.get("query.jpg")!.intrinsics.fx).toBeCloseTo(1, 1);
    },
  );

  describe("a query's focal length in EXIF data", () => {
    const truth = () => known.get("query.jpg")!.intrinsics.fx;
    const locate = async (exifFocal: number | undefined, ignoreExif = false) => {
      const [view] = await loadViews([join(folder, "query.jpg")], PLAN);
      const map = await encodedMap();
      const [found] = await localizeViews([{ ...view!, exifFocal }], map, { ignoreExif });
      // The photo is noise, which is said, too.
      return { ...found!, doubts: found!.doubts.filter((doubt) => !doubt.includes("is noise")) };
    };

    test("is believed where the query fits it", async () => {
      const found = await locate(1.005 * truth());
      expect(found).toMatchObject({ focalSource: "exif", doubts: [] });
      expect(found.intrinsics!.fx / truth()).toBeCloseTo(1.005, 6);
    });

    test("is not where it does not, which is said, nor when told so", async () => {
      const found = await locate(3 * truth());
      expect(found.focalSource).toBe("network");
      expect(found.doubts).toEqual([
        expect.stringMatching(/query\.jpg: its EXIF data say a focal length of \d+ pixels/),
      ]);
      expect(await locate(3 * truth(), true)).toMatchObject({ focalSource: "network", doubts: [] });
      expect(await locate(undefined)).toMatchObject({ focalSource: "network", doubts: [] });
    });

    test("counts for photos that are added", async () => {
      const file = await readSceneFile(join(mapFolder, "scene.json"));
      const images = (await loadStoredImages(file, { map: mapFolder }, PLAN)).map(({ image }) => image);
      const [view] = await loadViews([join(folder, "query.jpg")], PLAN);
      const add = async (exifFocal: number, ignoreExif = false) => {
        const extension = { file, images, map: await encodedMap(), top: 20, ignoreExif };
        return extendScene([{ ...view!, exifFocal }], extension);
      };
      const added = await add(1.005 * truth());
      expect(added.scene.images[3]!.focalSource).toBe("exif");
      expect(added.doubts).toEqual([]);
      const other = await add(3 * truth());
      expect(other.scene.images[3]!.focalSource).toBe("network");
      expect(other.doubts).toEqual([expect.stringMatching(/query\.jpg: its EXIF data say/)]);
      expect(await add(3 * truth(), true)).toMatchObject({ doubts: [] });
    });
  });

  test("the most similar photos of the map are enough", async () => {
    const views = await loadViews([join(folder, "query.jpg")], PLAN);
    const [found] = await localizeViews(views, await encodedMap(), { top: 2 });
    expect(poseError(invertRigid(found!.camFromWorld!), "query.jpg").degrees).toBeLessThan(1);
  });

  test("a photo is added to a scene: its pose and depth, in the scene's units, and nothing else changes", async () => {
    const places = { map: mapFolder };
    const file = await readSceneFile(join(mapFolder, "scene.json"));
    const old = await loadStoredImages(file, places, PLAN);
    const [view] = await loadViews([join(folder, "query.jpg")], PLAN);
    const images = old.map(({ image }) => image);
    const { scene, problems } = await extendScene([view!], { file, images, map: await encodedMap(), top: 20 });
    expect(problems).toEqual([]);
    expect(scene.images.slice(0, 3)).toEqual(images);
    expect(scene.pairs.map(({ image1, image2 }) => [image1, image2])).toEqual([
      [3, 0],
      [3, 1],
      [3, 2],
    ]);
    const [, , , image] = scene.images;
    expect(image!.registered).toBe(true);
    expect(poseError(image!.worldFromCam, "query.jpg").degrees).toBeLessThan(1);
    const truth = known.get("query.jpg")!;
    const { scaleX, offsetX, scaleY, offsetY } = view!.originalFromNetwork;
    const errors = Array.from(image!.depth, (z, i) => {
      const [x, y] = [scaleX * (i % view!.width) + offsetX, scaleY * Math.floor(i / view!.width) + offsetY];
      return Math.abs(z / truth.depth[Math.round(y) * truth.width + Math.round(x)]! - 1);
    }).filter(Number.isFinite);
    expect(errors.sort((a, b) => a - b)[errors.length >> 1]).toBeLessThan(0.01);
  });

  test("the scene with the photo added, once written, is a map with one more photo", async () => {
    const file = await readSceneFile(join(mapFolder, "scene.json"));
    const old = await loadStoredImages(file, { map: mapFolder }, PLAN);
    const [view] = await loadViews([join(folder, "query.jpg")], PLAN);
    const images = old.map(({ image }) => image);
    const { scene } = await extendScene([view!], { file, images, map: await encodedMap(), top: 20 });
    const views = [...old.map((photo) => photo.view), view!];
    const extended = join(folder, "extended");
    await using output = await openOutputFolder(extended);
    await writeScene(scene, views, output, {
      run: { model: { name: "oracle", dtype: "fp32", device: "cpu" }, timings: {}, peakMemoryBytes: 0 },
      kinds: ["depth"],
      encodeJpeg: async () => new Uint8Array(),
      loadViewerHtml: async () => "",
    });
    await output.commit();
    await Promise.all(NAMES.map((name) => writePhoto(join(extended, name), known.get(name)!)));

    const again = await openMap(extended);
    expect(again.units).toBe("metres");
    expect(again.photos.map(({ name }) => name)).toEqual(NAMES);
    for (const i of again.photos.keys()) {
      const { worldFromCam, worldPoints } = await again.camera(i);
      expect(largestDifference(worldFromCam, scene.images[i]!.worldFromCam)).toBeLessThan(1e-9);
      const points = await worldPoints(views[i]!);
      const depth = depthsOf(invertRigid(worldFromCam), points);
      const ratios = depth.map((z, pixel) => z / scene.images[i]!.depth[pixel]!).filter((ratio) => ratio > 0);
      expect(ratios.sort()[ratios.length >> 1]).toBeCloseTo(1, 2);
    }
  });
});

describe("maps that cannot serve", () => {
  const changed = async (name: string, change: (scene: { images: Record<string, unknown>[] }) => void) => {
    const scene = JSON.parse(await readFile(join(mapFolder, "scene.json"), "utf8"));
    change(scene);
    const path = join(folder, name);
    await writeMapFolder(path, new Map([...known].slice(0, 1)));
    await writeFile(join(path, "scene.json"), JSON.stringify(scene));
    return path;
  };

  test("a map without depth says what is missing", async () => {
    const path = await changed("no-depth", ({ images }) => {
      for (const image of images) image.depth = null;
    });
    await expect(openMap(path)).rejects.toThrow(/scene\.json: none of its 3 photos has both a pose and a depth map/);
  });

  test("photos that are not where they should be are named", async () => {
    const path = await changed("no-photos", () => {});
    await expect(openMap(path)).rejects.toThrow(/its photo b\.jpg was not found in .*; say in which folder/);
    await expect(openMap(path, folder)).rejects.toThrow(/a\.jpg may be .*map.a\.jpg or .*no-photos.a\.jpg/);
  });

  test("a pose that is none is named with its photo", async () => {
    const path = await changed("bad-pose", ({ images }) => {
      images[0]!.world_from_cam = [[1, 2]];
    });
    await expect(openMap(path)).rejects.toThrow(/scene\.json: is no scene: .* at images\[0\]\.world_from_cam/);
  });

  test("a depth map of another size than its photo is refused", async () => {
    const path = await changed("small-depth", ({ images }) => {
      images.splice(1);
      images[0]!.width = 100;
    });
    const map = await openMap(path);
    const [view] = await loadViews([map.photos[0]!.path], PLAN);
    const { worldPoints } = await map.camera(0);
    await expect(worldPoints(view!)).rejects.toThrow(/a\.jpg\.depth\.png: is 160x120, its photo 100x120/);
  });

  test.each([
    ["not JSON", "{", /scene\.json: line 1: not JSON/],
    ["no scene", '{"images": 3}', /scene\.json: is no scene/],
  ])("%s", async (name, text, message) => {
    const path = await changed(name, () => {});
    await writeFile(join(path, "scene.json"), text);
    await expect(openMap(path)).rejects.toThrow(message);
  });

  test("a folder of something else", async () => {
    await expect(openMap(folder)).rejects.toThrow(/not a map: neither a scene\.json is there nor a COLMAP model/);
  });
});
