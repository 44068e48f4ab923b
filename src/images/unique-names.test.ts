import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { uniqueNames } from "./unique-names.ts";

describe("uniqueNames", () => {
  test.each([
    [
      ["in/a.jpg", "in/b.jpg"],
      ["a.jpg", "b.jpg"],
    ],
    [
      ["left/0.jpg", "right/0.jpg", "right/1.jpg"],
      ["left_0.jpg", "right_0.jpg", "1.jpg"],
    ],
    [
      ["x/images/0.jpg", "../y/images/0.jpg"],
      ["x_images_0.jpg", "y_images_0.jpg"],
    ],
    [
      ["in/a.jpg", "in/a.png", "in/A.JPG"],
      ["a.jpg", "a-2.png", "A-3.JPG"],
    ],
    [
      ["C:\\left\\a.jpg", "C:\\right\\a.png"],
      ["left_a.jpg", "right_a.png"],
    ],
    [
      ["x/b_a.jpg", "b/a.jpg", "c/a.jpg"],
      ["b_a.jpg", "b_a-2.jpg", "c_a.jpg"],
    ],
    [
      [".hidden", "./.hidden"],
      [".hidden", ".hidden-2"],
    ],
  ])("%j become %j", (paths, names) => {
    expect(uniqueNames(paths)).toEqual(names);
  });

  test("are none of those that are taken", () => {
    expect(uniqueNames(["cam1/1.jpg", "cam1/2.jpg", "3.jpg"], ["1.png", "3.jpg"])).toEqual([
      "cam1_1.jpg",
      "2.jpg",
      "3-2.jpg",
    ]);
  });

  test("are unique without extension and case, whatever the paths", () => {
    const path = fc.stringMatching(/^([ab]\/){0,2}[abA](-2)?(\.jpg|\.png)?$/);
    fc.assert(
      fc.property(fc.array(path, { maxLength: 12 }), (paths) => {
        const names = uniqueNames(paths);
        expect(names).toHaveLength(paths.length);
        const stems = names.map((name) => name.replace(/\.[^.]*$/, "").toLowerCase());
        expect(new Set(stems).size).toBe(paths.length);
        expect(names.join("")).not.toMatch(/[\\/]/);
      }),
    );
  });
});
