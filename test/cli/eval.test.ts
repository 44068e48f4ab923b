import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writeGray16, writeInto, writePhoto } from "../room-photos.ts";
import { dust3r, dust3rOutput, expectUserError, filesBelow, ON_CPU, scratchFolder } from "./dust3r.ts";
import { SAMPLE_PHOTOS } from "./photos.ts";

const at = await scratchFolder();
const truth = at("truth");

/** Two scenes of two sample photos each, with poses that somebody made up. */
beforeAll(async () => {
  for (const [i, name] of ["first", "second"].entries()) {
    await mkdir(join(truth, name), { recursive: true });
    const images = ["courtyard-1.jpg", "courtyard-2.jpg"].map((file, k) => ({
      file,
      width: 640,
      height: 480,
      K: [
        [600 + 50 * i, 0, 320],
        [0, 600 + 50 * i, 384],
        [0, 0, 1],
      ],
      cam_from_world: [
        [1, 0, 0, k],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ],
    }));
    for (const { file } of images) await copyFile(resolve(SAMPLE_PHOTOS, file), join(truth, name, file));
    await writeFile(join(truth, name, "scene.json"), JSON.stringify({ name, kind: "pair", images }));
  }
});

const evaluate = (...args: readonly string[]) => ["eval", "photos", "--truth", truth, ...args, ...ON_CPU];

/** Of the same run everything but the time it took. */
function withoutTimes(json: string): unknown {
  return JSON.parse(json, (key, value) => (key === "wall_s" ? undefined : value));
}

describe("eval photos", () => {
  test("prints tables and writes a report; shards merge to the same", async () => {
    const whole = await dust3rOutput(...evaluate("-o", at("whole"), "--quiet", "--json"));
    expect(JSON.parse(whole)).toMatchObject({
      benchmark: "photos",
      model: "small",
      items: 2,
      measured: 2,
      skipped: [],
    });
    for (const name of ["records.jsonl", "report.html", "report.json", "worst/first_all.jpg"]) {
      expect(existsSync(join(at("whole"), name)), name).toBe(true);
    }
    const first = await dust3rOutput(...evaluate("-o", at("shard1"), "--shard", "1/2", "--quiet"));
    expect(first).toContain("| images ");
    expect(first).toContain("1 of 2 items: the other shards are still to come");
    await dust3rOutput(...evaluate("-o", at("shard2"), "--shard", "2/2", "--quiet"));
    const merged = await dust3rOutput("eval", "merge", at("shard2"), at("shard1"), "-o", at("merged"), "--json");
    expect(withoutTimes(merged)).toEqual(withoutTimes(whole));
    // The merged folder is an evaluation like any other.
    expect(JSON.parse(await dust3rOutput("eval", "compare", at("merged"), at("merged"), "--json")).rows.length).toBe(2);
    expect(readFileSync(join(at("merged"), "report.html"), "utf8")).toContain("<img");
    const { header, rows } = JSON.parse(await dust3rOutput("eval", "compare", at("whole"), at("whole"), "--json"));
    expect(rows[0][0]).toMatch(/^small, \d+ px$/);
    expect(rows[0]).toHaveLength(header.length);
    expect(rows[1]).toEqual(rows[0]);
  });

  test("goes on with what is there", async () => {
    await dust3rOutput(...evaluate("-o", at("resumed"), "--shard", "1/2", "--quiet"));
    const result = await dust3r(...evaluate("-o", at("resumed")));
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/evaluating 2\/2, 1 of an interrupted run/);
  });
});

test("eval localize-7scenes: without a list the encoder finds the photos of the map, and the report says so", async () => {
  const size = { width: 640, height: 480 };
  const scene = at("7scenes", "chess");
  await writeInto(join(scene, "TestSplit.txt"), "sequence1\n");
  await writeInto(join(scene, "TrainSplit.txt"), "sequence2\n");
  for (const frame of ["seq-01/frame-000000", "seq-02/frame-000001", "seq-02/frame-000002"]) {
    await writePhoto(join(scene, `${frame}.color.png`), size);
    await writeInto(join(scene, `${frame}.pose.txt`), "1 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 0 1\n");
    await writeGray16(join(scene, `${frame}.depth.png`), size, new Uint16Array(640 * 480).fill(2000));
  }
  const run = (...args: readonly string[]) =>
    dust3rOutput("eval", "localize-7scenes", "--data", at("7scenes"), "--json", ...args, ...ON_CPU);
  const own = JSON.parse(await run("-o", at("own")));
  expect(own.settings.pairs).toBe("the mean of the network's own encoder features");
  expect(filesBelow(at("own", "descriptors"))).toHaveLength(2);
  const list = join(at("own"), "localize-7scenes_pairs.txt");
  expect(readFileSync(list, "utf8")).toMatch(
    /^chess\/seq-01\/frame-000000\.color\.png chess\/seq-02\/frame-00000[12]\.color\.png\n$/,
  );
  const listed = JSON.parse(await run("--pairs", list));
  expect(listed.settings.pairs).toBe("localize-7scenes_pairs.txt");
  expect(listed.figures).toEqual(own.figures);
});

test.concurrent.each([
  [["photos"], /required option '--truth <folder>' not specified/],
  [["photos", "--truth", "/nowhere"], /\/nowhere: neither a scene.json nor folders of scenes/],
  [["photos", "--truth", "/nowhere", "--shard", "3/2"], /i\/n is expected, such as 1\/4/],
  [["photos", "--truth", "/nowhere", "--shard", "1/2"], /--shard needs --output/],
  [["mono-kitti", "--data", "/nowhere"], /val_selection_cropped is expected/],
  [["localize-7scenes", "--data", "/nowhere"], /\/nowhere: none of chess, fire, .* is in it; 7Scenes is expected/],
  [["merge", "/nowhere"], /\/nowhere: there is no records.jsonl/],
  [["monokitti"], /unknown command 'monokitti'/],
])("eval %j: 2, with what was expected", async (args, message) => {
  const device = args[0] === "merge" || args[0] === "monokitti" ? [] : ON_CPU;
  expectUserError(await dust3r("eval", ...args, ...device), message);
});

describe.concurrent("eval fidelity", () => {
  test("compares a precision with float32, on procedural pairs and photos", async () => {
    const photos = ["--photos", truth, "--pairs", "1"];
    const json = await dust3rOutput("eval", "fidelity", "--dtype", "fp16", ...photos, ...ON_CPU, "--quiet", "--json");
    const { dtype, measured, figures } = JSON.parse(json);
    expect([dtype, measured]).toEqual(["fp16", 2]);
    for (const source of ["procedural", "photos"]) {
      const { points_median, poses_lost } = figures[source].median;
      expect(points_median).toBeGreaterThan(0);
      expect(points_median).toBeLessThan(0.02);
      expect(poses_lost).toBe(0);
    }
  });

  test("float32 is nothing to compare with float32", async () => {
    expectUserError(await dust3r("eval", "fidelity", ...ON_CPU), /choose q8, fp16 or auto/);
  });
});
