import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { writeMapFolder } from "../map-folder.ts";
import { planeView } from "../plane-view.ts";
import { dust3r, dust3rOutput, expectUserError, filesBelow, ON_CPU, scratchFolder, startDust3r } from "./dust3r.ts";
import { savePhoto, texture } from "./photos.ts";

const at = await scratchFolder();
const lines = (file: string) => readFileSync(at(file), "utf8").trimEnd().split("\n");

/** Three crops of each of two textures, shifted a little. */
beforeAll(async () => {
  for (const place of ["hall", "yard"]) {
    for (const shot of [1, 2, 3]) {
      const crop = texture(place, 240, 180).extract({ left: 10 * shot, top: 4 * shot, width: 160, height: 120 });
      await savePhoto(at("photos", `${place}, ${shot}.png`), crop);
      await savePhoto(at("set", shot === 1 ? "seq-01" : "seq-02", `${place}-${shot}.color.png`), crop.clone());
    }
  }
  writeFileSync(at("set", "seq-01", "1.depth.png"), "no photo");
});

test("a list of what looks alike, which reconstruct and infer take", async () => {
  const report = await dust3rOutput("data", "pairs", at("photos"), "-o", at("pairs.txt"), "--retrieve", "2", ...ON_CPU);
  expect(report).toMatch(/^\d+ pairs in .*pairs\.txt: the 2 most alike by small$/m);
  const [head, ...pairs] = lines("pairs.txt");
  expect(head).toBe("# dust3r data pairs: the 2 most alike by small");
  expect(pairs.length).toBeLessThan(15);
  for (const pair of pairs) expect(pair).toMatch(/^(hall|yard), [123]\.png\t(hall|yard), [123]\.png$/);
  expect(filesBelow(at("pairs.txt.resume"))).toEqual([]);
  const infer = ["infer", at("photos"), "-o", at("out.safetensors"), "--json", ...ON_CPU];
  const listed = JSON.parse(await dust3rOutput(...infer, "--pairs", at("pairs.txt")));
  const chosen = JSON.parse(await dust3rOutput(...infer, "--pairs", "retrieval:2"));
  expect([listed.pairs, chosen.pairs]).toEqual([2 * pairs.length, 2 * pairs.length]);
}, 60_000);

test("queries and a map under the names that benchmarks have for them", async () => {
  const json = JSON.parse(
    await dust3rOutput(
      ...["data", "pairs", at("set", "seq-01"), "--map", at("set"), "-o", at("map.txt"), "--retrieve", "2"],
      ...["--verify", "--json", ...ON_CPU],
    ),
  );
  expect(json.how).toBe("the 2 most alike by small, verified by mutual matches");
  expect(json.notes[0]).toMatch(/^\d of 4 candidates have enough mutual matches$/);
  const pairs = lines("map.txt").slice(1);
  expect(pairs).toContain("seq-01/hall-1.color.png\tseq-02/hall-2.color.png");
  for (const pair of pairs) expect(pair).toMatch(/^seq-01\/(hall|yard)-1\.color\.png\tseq-02\/\1-[23]\.color\.png$/);
});

test("a scene with depth and poses: pairs that overlap, without a network", async () => {
  const views = Array.from({ length: 5 }, (_, i) => planeView(i, { width: 128, height: 96 }));
  await writeMapFolder(at("scene"), new Map(views.map((view, i) => [`${i}.jpg`, view])));
  const report = await dust3rOutput("data", "pairs", at("scene"), "-o", at("overlap.txt"), "--quiet", "--json");
  expect(JSON.parse(report).how).toBe(
    "an overlap of 10 % to 90 % by depth and poses, up to 10 a photo from hard to easy",
  );
  expect(lines("overlap.txt").slice(1)).toContain("0.jpg\t2.jpg");
});

test("Ctrl-C leaves no list; the same command goes on", async () => {
  const many = await Promise.all(
    Array.from({ length: 60 }, (_, i) => savePhoto(at("many", `${i}.png`), texture(`${i}`, 320, 240))),
  );
  const args = ["data", "pairs", ...many, "-o", at("many.txt"), "--size", "160", ...ON_CPU];
  const running = startDust3r(args);
  while (filesBelow(at("many.txt.resume")).length < 3) {
    if (running.child.exitCode !== null) expect.fail(`too late, it has ended: ${running.progress()}`);
    await pause(5);
  }
  process.kill(-running.child.pid!, "SIGINT");
  const { code, stderr } = await running.finished;
  expect(code, stderr).toBe(130);
  expect(stderr).toMatch(/^interrupted; run the same command again to go on$/m);
  expect(filesBelow(at()).filter((name) => name.startsWith("many.txt") && !name.includes("resume"))).toEqual([]);
  await dust3rOutput(...args);
  expect(lines("many.txt").length).toBeGreaterThan(60);
  expect(filesBelow(at("many.txt.resume"))).toEqual([]);
}, 60_000);

test.concurrent.each([
  [["/nowhere"], /\/nowhere: no such file or folder/],
  [[at("photos", "hall, 1.png")], /one photo alone; two at least make a pair/],
  [[at("photos"), "--map", at("photos")], /has no photos but the queries themselves/],
  [[at("photos"), "--map", "/nowhere"], /\/nowhere: no such file or folder/],
  [[at("photos"), "--retrieve", "0"], /a whole number of at least 1 is expected/],
])("data pairs %j: 2, with what was expected", async (args, message) => {
  expectUserError(await dust3r("data", "pairs", ...args, "-o", at("bad.txt"), ...ON_CPU), message);
});
