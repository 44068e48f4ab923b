import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeMapFolder } from "../../test/map-folder.ts";
import { planeView } from "../../test/plane-view.ts";
import { depthThumbnail, pairsByOverlap } from "../pairs/by-overlap.ts";
import { overlappingPairs } from "./overlapping-pairs.ts";

const SELECTION = { range: [0.3, 0.9], partners: 4 } as const;
const VIEWS = Array.from({ length: 6 }, (_, i) => planeView(i, { width: 128, height: 96 }));
const NAMES = VIEWS.map((_, i) => `${i}.jpg`);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "dust3r-overlap-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function scene(name: string, change: (image: Record<string, unknown>, i: number) => void = () => {}) {
  const folder = join(root, name);
  await writeMapFolder(folder, new Map(VIEWS.map((view, i) => [NAMES[i]!, view])));
  const path = join(folder, "scene.json");
  const json = JSON.parse(await readFile(path, "utf8"));
  json.images.forEach(change);
  await writeFile(path, JSON.stringify(json));
  return folder;
}

test("the pairs that depth and poses give", async () => {
  const found = await overlappingPairs(await scene("whole"), SELECTION);
  expect(found).toMatchObject({ photos: NAMES, without: 0 });
  const expected = pairsByOverlap(VIEWS.map(depthThumbnail), SELECTION);
  expect(expected.length).toBeGreaterThan(3);
  expect(found!.pairs.map(({ first, second }) => [first, second])).toEqual(
    expected.map(({ first, second }) => [first, second]),
  );
});

test("photos without depth or pose are counted; where only they are, or no scene, there is nothing to go by", async () => {
  const folder = await scene("partly", (image, i) => {
    if (i === 0) image.depth = null;
    if (i === 1) {
      delete image.world_from_cam;
      delete image.cam_from_world;
    }
  });
  const found = await overlappingPairs(folder, SELECTION);
  expect(found).toMatchObject({ photos: NAMES.slice(2), without: 2 });
  const bare = await scene("bare", (image) => {
    image.depth = null;
  });
  expect(await overlappingPairs(bare, SELECTION)).toBeUndefined();
  expect(await overlappingPairs(root, SELECTION)).toBeUndefined();
});

test.each<[string, (image: Record<string, unknown>) => void, RegExp]>([
  [
    "a pose that is no rotation",
    (image) => {
      image.world_from_cam = [
        [2, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ];
    },
    /scene\.json: world_from_cam of 2\.jpg: .*no rotation/,
  ],
  [
    "a depth map of another size",
    (image) => {
      image.width = 640;
    },
    /2\.jpg\.depth\.png: is 128x96, its photo 640x96/,
  ],
])("%s stops it", async (what, change, problem) => {
  const folder = await scene(what, (image, i) => {
    if (i === 2) change(image);
  });
  await expect(overlappingPairs(folder, SELECTION)).rejects.toThrow(problem);
});

test("a depth map that is cut off stops it", async () => {
  const folder = await scene("cut");
  await truncate(join(folder, "3.jpg.depth.png"), 60);
  await expect(overlappingPairs(folder, SELECTION)).rejects.toThrow(/3\.jpg\.depth\.png/);
});
