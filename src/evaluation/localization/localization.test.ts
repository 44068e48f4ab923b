import { readFileSync, truncateSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compressed, element, matFile, matrix } from "../../../test/mat-file.ts";
import { type KnownPhoto, oracleNetwork } from "../../../test/oracle-network.ts";
import { roomPhotos, writeGray16, writeInto, writePhoto } from "../../../test/room-photos.ts";
import { roomDepth } from "../../../test/synthetic-pairs.ts";
import type { Pose } from "../../core/camera.ts";
import { unprojectDepth } from "../../geometry/camera.ts";
import {
  composePoses,
  identityPose,
  invertRigid,
  rigidPose,
  rotationOf,
  transformPoints,
  translationOf,
} from "../../geometry/pose.ts";
import { quaternionFromRotation, rotationFromVector } from "../../geometry/rotation.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import type { LocalizationMetrics } from "./evaluate-query.ts";
import { LOCALIZATION } from "./localization.ts";
import { readRetrievalList } from "./localization-scene.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "dust3r-localize-"));
});
afterAll(() => rm(root, { recursive: true }));

/** Without lines, photos of the map are found by the encoder. */
async function measure(
  name: string,
  known: ReadonlyMap<string, KnownPhoto>,
  folder: string,
  lines?: readonly string[],
  refine: EvaluatedNetwork["refine"] = "none",
) {
  const pairs = lines && join(folder, "pairs.txt");
  if (pairs !== undefined) await writeInto(pairs, `${lines!.join("\n")}\n`);
  const benchmark = LOCALIZATION.find((candidate) => candidate.name === name)!;
  const network = { network: oracleNetwork(known), plan: { size: 64, patchSize: 16 }, refine };
  const items = await benchmark.items(network, folder, { pairs });
  const measured: { id: string; metrics: LocalizationMetrics; seconds: number }[] = [];
  for (const { id, evaluate } of items) measured.push({ id, metrics: (await evaluate()).metrics, seconds: 1 });
  return { measured, files: benchmark.resultFiles!(measured), ...benchmark.summarize(measured) };
}

const rows = (pose: Pose) =>
  [0, 4, 8, 12].map((at) => Array.from(pose.subarray(at, at + 4), (x) => x.toFixed(9)).join(" "));

/** A pose as COLMAP has it: qw qx qy qz tx ty tz. */
function colmapPose(worldFromCam: Pose): string {
  const camFromWorld = invertRigid(worldFromCam);
  const [x, y, z, w] = quaternionFromRotation(rotationOf(camFromWorld));
  return [w, x, y, z, ...translationOf(camFromWorld)].map((value) => value.toFixed(9)).join(" ");
}

describe("7Scenes", () => {
  const size = { width: 640, height: 480 };
  const [query, map] = roomPhotos(2, { ...size, focal: 525 }) as [KnownPhoto, KnownPhoto];
  const names = { query: "seq-01/frame-000000.color.png", map: "seq-02/frame-000007.color.png" };
  const known = new Map([
    [names.query, query],
    [names.map, map],
  ]);

  async function writeScene(folder: string): Promise<string> {
    const scene = join(folder, "chess");
    await writeInto(join(scene, "TestSplit.txt"), "sequence1\r\n");
    await writeInto(join(scene, "TrainSplit.txt"), "sequence2\r\n");
    for (const [name, { worldFromCam }] of known) {
      await writePhoto(join(scene, name), size);
      await writeInto(join(scene, name.replace("color.png", "pose.txt")), rows(worldFromCam).join("\n"));
      // The depth camera has another focal length.
      const depth = roomDepth({ size, focal: 585, worldFromCam }).map((z, i) =>
        i % 7 === 0 ? 65_535 : Math.round(1000 * z),
      );
      await writeGray16(join(scene, name.replace("color.png", "depth.png")), size, depth);
    }
    return scene;
  }

  test("an oracle network is within some centimeters and half a degree", async () => {
    const folder = join(root, "7scenes");
    await writeScene(folder);
    // As kapture writes its lists.
    const list = ["# query_image, map_image, score", `chess/${names.query}, chess/${names.map}, 0.9`];
    const { measured, tables, files } = await measure("localize-7scenes", known, folder, list, "features");
    expect(measured[0]!.id).toBe(`chess/${names.query}`);
    // No features of these photos agree: refined is what it was before.
    for (const method of ["correspondences", "relative", "refined"] as const) {
      const { error } = measured[0]!.metrics.methods[method]!;
      expect(error!.distance).toBeLessThan(0.05);
      expect(error!.rotation).toBeLessThan(0.5);
    }
    expect(tables[0]!.header).toEqual([
      "method",
      "queries",
      "chess",
      "fire",
      "heads",
      "office",
      "pumpkin",
      "redkitchen",
      "stairs",
    ]);
    expect(tables[0]!.rows.at(-1)!.slice(0, 4)).toEqual(["DUSt3R 512 [paper]", "", "3/0.97", "3/0.95"]);
    expect(tables[1]!.rows[0]!.slice(0, 3)).toEqual(["ours, correspondences", "100.0", "100.0"]);
    expect(files["localize-7scenes_relative_ltvl.txt"]).toMatch(
      /^frame-000000.color.png (-?[\d.e-]+ ){6}-?[\d.e-]+\n$/,
    );
  });

  test("what is wrong with data and lists", async () => {
    const folder = join(root, "7scenes bad");
    await expect(measure("localize-7scenes", known, folder, ["a b"])).rejects.toThrow(/none of chess, fire/);
    const scene = await writeScene(folder);
    await expect(measure("localize-7scenes", known, folder, ["a b"])).rejects.toThrow(
      /lists no photo of the map for seq-01/,
    );
    await expect(measure("localize-7scenes", known, folder, [`${names.query} seq-09/x.png`])).rejects.toThrow(
      /seq-09\/x.png is no photo/,
    );
    await expect(measure("localize-7scenes", known, folder, ["a"])).rejects.toThrow(
      /entry 1: a query and a photo are expected/,
    );
    await writeInto(join(scene, "TestSplit.txt"), "sequence5\n");
    await expect(measure("localize-7scenes", known, folder, ["a b"])).rejects.toThrow(
      /names sequence5, but seq-05 holds no/,
    );
    await writeInto(join(scene, "TestSplit.txt"), "\n");
    await expect(measure("localize-7scenes", known, folder, ["a b"])).rejects.toThrow(/TestSplit.txt: is empty/);
  });

  test.each<[string, string, RegExp]>([
    ["not finite", "nan 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 0 1", /pose.txt/],
    ["stretched", "2 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 0 1", /no rotation/],
  ])("a pose that is %s", async (what, pose, problem) => {
    const folder = join(root, `7scenes ${what}`);
    const scene = await writeScene(folder);
    await writeInto(join(scene, names.query.replace("color.png", "pose.txt")), pose);
    await expect(measure("localize-7scenes", known, folder, ["a b"])).rejects.toThrow(problem);
  });

  test("without a list the encoder finds photos of the map, and the list it makes gives the same", async () => {
    const folder = join(root, "7scenes own");
    await writeScene(folder);
    const own = await measure("localize-7scenes", known, folder);
    expect(own.measured[0]!.metrics.photos).toEqual([names.map]);
    const list = own.files["localize-7scenes_pairs.txt"]!;
    expect(list).toBe(`chess/${names.query} chess/${names.map}\n`);
    const listed = await measure("localize-7scenes", known, folder, list.trim().split("\n"));
    expect(listed.measured[0]!.metrics.photos).toEqual([names.map]);
    expect(listed.measured[0]!.metrics.methods.relative!.error!.distance).toBeLessThan(0.05);
  });

  test("a map with a photo that cannot be read is no map", async () => {
    const folder = join(root, "7scenes cut");
    const scene = await writeScene(folder);
    truncateSync(join(scene, names.map), 100);
    await expect(measure("localize-7scenes", known, folder)).rejects.toThrow(/frame-000007\.color\.png/);
  });

  test.each<[string, (depth: string) => void | Promise<void>, RegExp]>([
    ["cut off", (depth) => truncateSync(depth, 100), /depth\.png: not a readable PNG/],
    ["zero all over", (depth) => writeGray16(depth, size, new Uint16Array(640 * 480)), /no pixel has depth/],
    ["missing", (depth) => rm(depth), /depth\.png: there is no such file/],
  ])("a depth map of the map that is %s", async (what, spoil, problem) => {
    const folder = join(root, `7scenes depth ${what}`);
    const scene = await writeScene(folder);
    await spoil(join(scene, names.map.replace("color.png", "depth.png")));
    await expect(measure("localize-7scenes", known, folder)).rejects.toThrow(problem);
  });

  test("a list with the same photo twice", async () => {
    const folder = join(root, "7scenes twice");
    await writeScene(folder);
    await expect(measure("localize-7scenes", known, folder, ["a b", "a c", "a b"])).rejects.toThrow(
      /entry 3: a is listed with b twice/,
    );
  });

  test("retrieval lists as everybody writes them", async () => {
    await writeInto(join(root, "list.txt"), "q a\nq b 0.5\nr, a, 0.1\n");
    expect(await readRetrievalList(join(root, "list.txt"))).toEqual(
      new Map([
        ["q", ["a", "b"]],
        ["r", ["a"]],
      ]),
    );
  });
});

/** A text model of photos that show points at every few pixels; `scale` is that of the model's photos. */
async function writeModel(folder: string, photos: ReadonlyMap<string, KnownPhoto>, scale: number): Promise<void> {
  const cameras: string[] = [];
  const images: string[] = [];
  const points: string[] = [];
  let point = 0;
  for (const [i, [name, photo]] of [...photos].entries()) {
    const { width, height, intrinsics, worldFromCam, depth } = photo;
    const { fx, cx, cy } = intrinsics;
    const [w, h] = [width * scale, height * scale];
    // Principal points are half a pixel further on in COLMAP.
    const center = [(cx + 0.5) * scale, (cy + 0.5) * scale];
    cameras.push(`${i + 1} SIMPLE_RADIAL ${w} ${h} ${fx * scale} ${center.join(" ")} 0`);
    const seen = transformPoints(worldFromCam, unprojectDepth(depth, photo, intrinsics));
    const keypoints: string[] = [];
    for (let pixel = 0; pixel < depth.length; pixel += 3) {
      const [x, y] = [(pixel % width) + 0.5, Math.floor(pixel / width) + 0.5];
      keypoints.push(`${x * scale} ${y * scale} ${++point}`);
      points.push(
        `${point} ${seen.slice(3 * pixel, 3 * pixel + 3).join(" ")} 9 9 9 0.5 ${i + 1} ${keypoints.length - 1}`,
      );
    }
    images.push(`${i + 1} ${colmapPose(worldFromCam)} ${i + 1} ${name}`, keypoints.join(" "));
  }
  await writeInto(join(folder, "cameras.txt"), `# cameras\n${cameras.join("\n")}\n`);
  await writeInto(join(folder, "images.txt"), `# images\n${images.join("\n")}\n`);
  await writeInto(join(folder, "points3D.txt"), `# points\n${points.join("\n")}\n`);
}

describe("COLMAP models", () => {
  const size = { width: 128, height: 96 };
  const [query, ...mapped] = roomPhotos(3, { ...size, focal: 110 }) as [KnownPhoto, ...KnownPhoto[]];
  const named = (names: readonly string[], photos: readonly KnownPhoto[]) =>
    new Map(names.map((name, i) => [name, photos[i]!]));

  function expectClose({ measured }: Awaited<ReturnType<typeof measure>>): void {
    for (const method of ["correspondences", "relative"] as const) {
      const { pose } = measured[0]!.metrics.methods[method]!;
      const truth = colmapPose(query.worldFromCam).split(" ").map(Number);
      // q and −q are one rotation.
      const sign = Math.sign(pose![0]! * truth[0]!);
      pose!.forEach((value, k) => {
        expect(k < 4 ? sign * value : value).toBeCloseTo(truth[k]!, 1);
      });
    }
  }

  test("Cambridge Landmarks, models of reduced photos", async () => {
    const folder = join(root, "cambridge");
    const names = ["seq1/frame00001.png", "seq2/frame00007.png", "seq2/frame00009.png"];
    const models = join(folder, "CambridgeLandmarks_Colmap_Retriangulated_1024px/ShopFacade");
    const known = named(names, [query, ...mapped]);
    await writeModel(join(models, "model_train"), named(names.slice(1), mapped), 0.5);
    await writeModel(join(models, "empty_all"), known, 0.5);
    await writeInto(join(models, "list_query.txt"), `${names[0]}\n`);
    for (const name of names) await writePhoto(join(folder, "ShopFacade", name), size);
    const lines = [`${names[0]} ${names[1]}`, `${names[0]} ${names[2]}`];
    const result = await measure("localize-cambridge", known, folder, lines);
    expectClose(result);
    const own = await measure("localize-cambridge", known, folder);
    expect([...own.measured[0]!.metrics.photos].sort()).toEqual(names.slice(1));
    const { error } = result.measured[0]!.metrics.methods.correspondences!;
    expect(error!.distance).toBeLessThan(0.05);
    expect(result.tables[0]!.header.slice(2)).toEqual([
      "ShopFacade",
      "OldHospital",
      "KingsCollege",
      "StMarysChurch",
      "GreatCourt",
    ]);
    const images = join(models, "empty_all/images.txt");
    const text = readFileSync(images, "utf8");
    await writeInto(images, text.replace(/^1 \S+/m, "1 nan"));
    await expect(measure("localize-cambridge", known, folder, lines)).rejects.toThrow(/images\.txt/);
    await writeInto(images, text);
    await writeInto(join(models, "list_query.txt"), "# nothing\n");
    await expect(measure("localize-cambridge", known, folder, lines)).rejects.toThrow(/list_query\.txt: is empty/);
    await writeInto(join(models, "list_query.txt"), "seq9/frame1.png\n");
    await expect(measure("localize-cambridge", known, folder, lines)).rejects.toThrow(
      /seq9\/frame1.png has no true pose/,
    );
    await expect(measure("localize-cambridge", known, join(root, "none"), lines)).rejects.toThrow(
      /Cambridge Landmarks with its models/,
    );
  });

  test("Aachen Day-Night: result files for others to evaluate", async () => {
    const folder = join(root, "aachen");
    const names = ["query/day/milestone/1.jpg", "db/1.jpg", "db/2.jpg"];
    const known = named(names, [query, ...mapped]);
    await writeModel(join(folder, "3D-models/aachen_v_1_1"), named(names.slice(1), mapped), 1);
    const { fx, cx, cy } = query.intrinsics;
    const line = `${names[0]} SIMPLE_RADIAL 128 96 ${fx} ${cx + 0.5} ${cy + 0.5} 0.01`;
    await writeInto(join(folder, "queries/day_time_queries_with_intrinsics.txt"), `${line}\n`);
    await writeInto(
      join(folder, "queries/night_time_queries_with_intrinsics.txt"),
      `${line.replace("day/", "night/")}\n`,
    );
    for (const name of names) await writePhoto(join(folder, "images/images_upright", name), size);
    await writePhoto(join(folder, "images/images_upright/query/night/milestone/1.jpg"), size);
    known.set("query/night/milestone/1.jpg", query);
    const lines = [`${names[0]} ${names[1]}`, `query/night/milestone/1.jpg ${names[2]}`];
    const result = await measure("localize-aachen", known, folder, lines);
    expectClose(result);
    expect(result.measured[0]!.metrics.methods.relative!.error).toBeNull();
    const file = result.files["localize-aachen_correspondences_results.txt"]!;
    expect(file.split("\n").map((row) => row.split(" ").length)).toEqual([8, 8, 1]);
    expect(file.startsWith("query/day/milestone/1.jpg ")).toBe(true);
    const own = await measure("localize-aachen", known, folder);
    expect([...own.measured[1]!.metrics.photos].sort()).toEqual(names.slice(1));
    expect(result.tables.length).toBe(1);
    await writeInto(join(folder, "queries/day_time_queries_with_intrinsics.txt"), "a.jpg SIMPLE_RADIAL 128 96 5\n");
    await expect(measure("localize-aachen", known, folder, lines)).rejects.toThrow(/entry 1: a name, a camera model/);
  });
});

describe("InLoc", () => {
  const cutout = { width: 160, height: 120 };
  const [map] = roomPhotos(1, { ...cutout, focal: 80 / Math.tan(Math.PI / 6) }, "cutout") as [KnownPhoto];
  // The release's photos are 4032 pixels wide.
  const [query] = roomPhotos(1, { width: 168, height: 126, focal: 3136 / 24 }, "query") as [KnownPhoto];
  const worldFromScan = rigidPose(rotationFromVector([0.1, 0.2, 0.3]), [5, -4, 3]);
  const name = "database/cutouts/DUC1/024/DUC_cutout_024_0_0.jpg";
  const asked = "query/iphone7/IMG_0731.JPG";

  test("points of cutouts, moved from their scan to the building", async () => {
    const folder = join(root, "inloc");
    await writePhoto(join(folder, asked), query);
    await writePhoto(join(folder, name), cutout);
    const points = transformPoints(map.worldFromCam, unprojectDepth(map.depth, map, map.intrinsics));
    const plane = 160 * 120;
    const columns = Float32Array.from({ length: 3 * plane }, (_, i) => {
      const [row, column] = [(i % plane) % 120, Math.floor((i % plane) / 120)];
      return (row + column) % 11 === 0 ? Number.NaN : points[3 * (row * 160 + column) + Math.floor(i / plane)]!;
    });
    const values = element(7, Buffer.from(columns.buffer));
    await writeInto(join(folder, `${name}.mat`), matFile(compressed(matrix("XYZcut", 7, [120, 160, 3], values))));
    const text = `Initial:\n${rows(identityPose()).join("\n")}\n\nAfter general ICP:\n${rows(worldFromScan).join("\n")}\n`;
    const alignment = join(folder, "database/alignments/DUC1/transformations/DUC_trans_024.txt");
    await writeInto(alignment, text);
    const known = new Map([
      [asked, query],
      [name, map],
    ]);
    const { measured, files } = await measure("localize-inloc", known, folder, [`${asked} ${name}`]);
    const { correspondences, relative } = measured[0]!.metrics.methods;
    expect(relative).toBeNull();
    const truth = colmapPose(composePoses(worldFromScan, query.worldFromCam)).split(" ").map(Number);
    const sign = Math.sign(correspondences!.pose![0]! * truth[0]!);
    correspondences!.pose!.forEach((value, k) => {
      expect(k < 4 ? sign * value : value).toBeCloseTo(truth[k]!, 1);
    });
    const own = await measure("localize-inloc", known, folder);
    expect(own.measured[0]!.metrics.photos).toEqual([name]);
    expect(Object.keys(files)).toEqual([
      "localize-inloc_pairs.txt",
      "localize-inloc_correspondences_results.txt",
      "localize-inloc_correspondences_ltvl.txt",
    ]);
    truncateSync(join(folder, `${name}.mat`), 150);
    await expect(measure("localize-inloc", known, folder)).rejects.toThrow(/DUC_cutout_024_0_0\.jpg\.mat/);
    await writeInto(alignment, "nothing");
    await expect(measure("localize-inloc", known, folder, [`${asked} ${name}`])).rejects.toThrow(/After general ICP/);
    await writeInto(alignment, text);
    truncateSync(join(folder, `${name}.mat`), 5000);
    await expect(measure("localize-inloc", known, folder, [`${asked} ${name}`])).rejects.toThrow(/is cut off/);
  });
});
