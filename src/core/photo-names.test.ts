import { describe, expect, test } from "vitest";
import { InputError } from "./errors.ts";
import { knownOfPhotos, type PhotoName, photoNamed } from "./photo-names.ts";

const rig: readonly PhotoName[] = [
  { name: "cam0_1.jpg", path: "/data/rig/cam0/1.jpg" },
  { name: "cam1_1.jpg", path: "/data/rig/cam1/1.jpg" },
  { name: "2.jpg", path: "/data/rig/cam1/2.jpg" },
];
const look = (names: readonly string[], photos = rig) =>
  knownOfPhotos(new Map(names.map((name) => [name, name])), photos, "poses.json");

describe("photo names in subfolders", () => {
  test.each([
    ["paths", ["cam1/1.jpg", "cam0/1.jpg", "cam1/2.jpg"], ["cam0/1.jpg", "cam1/1.jpg", "cam1/2.jpg"]],
    ["paths in another folder", ["images/cam1/1.jpg", "images/cam0/1.jpg"], ["images/cam0/1.jpg", "images/cam1/1.jpg"]],
    ["backslashes and dots", [".\\cam1\\1.jpg", "../cam0/1.jpg"], ["../cam0/1.jpg", ".\\cam1\\1.jpg"]],
    ["no extensions", ["./cam0/1", "./cam1/1"], ["./cam0/1", "./cam1/1"]],
    [
      "the names of our own scenes",
      ["cam1_1.jpg", "colmap/images/cam0_1.jpg"],
      ["colmap/images/cam0_1.jpg", "cam1_1.jpg"],
    ],
    ["one camera's alone", ["cam1/1.jpg"], [undefined, "cam1/1.jpg"]],
    ["a base name that only one photo has", ["2.jpg"], [undefined, undefined, "2.jpg"]],
    ["a base name beside a path that says more", ["1.jpg", "cam1/1.jpg"], ["1.jpg", "cam1/1.jpg"]],
  ])("%s", (_, names, expected) => {
    expect(look(names).known).toEqual(rig.map((__, i) => expected[i]));
  });

  test("another camera's photos of the same base names are others", () => {
    const one = [rig[0]!, { name: "9.jpg", path: "/data/rig/cam0/9.jpg" }];
    expect(look(["cam0/1.jpg", "cam1/1.jpg", "cam1/9.jpg"], one)).toEqual({
      known: ["cam0/1.jpg", undefined],
      others: ["cam1/1.jpg", "cam1/9.jpg"],
    });
  });

  test("photos that came without a path go by the folders in their names", () => {
    const photos = rig.map(({ name }) => ({ name }));
    expect(look(["cam1/1.jpg", "cam0/1.jpg"], photos).known).toEqual(["cam0/1.jpg", "cam1/1.jpg", undefined]);
  });

  test("what stays ambiguous is refused by name", () => {
    expect(() => look(["1.jpg"])).toThrow(InputError);
    expect(() => look(["1.jpg"])).toThrow(
      /poses\.json: 1\.jpg may be \/data\/rig\/cam0\/1\.jpg or \/data\/rig\/cam1\/1\.jpg/,
    );
    const photo = [{ name: "1.jpg", path: "photos/1.jpg" }];
    expect(() => look(["cam0/1.jpg", "cam1/1.jpg"], photo)).toThrow(
      /photos\/1\.jpg may be cam0\/1\.jpg or cam1\/1\.jpg/,
    );
    expect(() => photoNamed("1.jpg", rig, "pairs.txt")).toThrow(/pairs\.txt: 1\.jpg may be/);
    expect(photoNamed("cam1/1", rig, "pairs.txt")).toBe(1);
  });

  test("each of a thousand photos is looked at a few times, and not once for every name", () => {
    let looks = 0;
    const photos = Array.from({ length: 1000 }, (_, i) => ({
      name: `cam${i % 4}_${Math.floor(i / 4)}.jpg`,
      get path() {
        looks++;
        return `/data/cam${i % 4}/${Math.floor(i / 4)}.jpg`;
      },
    }));
    const entries = new Map(photos.map(({ path }, i) => [path.slice(6), i]));
    looks = 0;
    expect(knownOfPhotos(entries, photos, "poses.json").known).toEqual(photos.map((_, i) => i));
    expect(looks / photos.length).toBeLessThan(10);
  });
});
