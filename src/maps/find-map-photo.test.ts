import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findMapPhoto } from "./find-map-photo.ts";

let map: string;
beforeAll(async () => {
  map = await mkdtemp(join(tmpdir(), "dust3r-map-"));
  for (const camera of ["cam0", "cam1"]) {
    await mkdir(join(map, "rig", camera), { recursive: true });
    await writeFile(join(map, "rig", camera, "1.jpg"), "");
  }
});
afterAll(() => rm(map, { recursive: true, force: true }));

test("photo names in subfolders: those that a scene made unique are found in a folder of photos", async () => {
  const places = { map, photos: join(map, "rig") };
  expect(await findMapPhoto("cam1_1.jpg", places)).toBe(join(map, "rig/cam1/1.jpg"));
  expect(await findMapPhoto("cam0/1.jpg", places)).toBe(join(map, "rig/cam0/1.jpg"));
  await expect(findMapPhoto("1.jpg", places)).rejects.toThrow(/1\.jpg may be .*cam0\/1\.jpg or .*cam1\/1\.jpg/);
});
