import { describe, expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import type { PhotoName } from "../core/photo-names.ts";
import { parsePairList } from "./parse-pair-list.ts";

const names = ["a.jpg", "b c.jpg", "7.jpg", "a.jpg.png"];
const parse = (text: string, photos: readonly PhotoName[] = names.map((name) => ({ name }))) =>
  parsePairList({ path: "pairs.txt", text, photos });

describe("parsePairList", () => {
  test("reads names, names without extension and indices, with any separator and line end", () => {
    expect(parse("\uFEFF# first, second\r\na.jpg 7.jpg\n\n  b c.jpg , a \n0\t1\n2 1")).toEqual([
      { view1: 0, view2: 2 },
      { view1: 1, view2: 0 },
      { view1: 0, view2: 1 },
      { view1: 2, view2: 1 },
    ]);
  });

  test("a tab parts names that hold commas", () => {
    expect(parse("a, b.jpg\tc d.jpg\n", [{ name: "a, b.jpg" }, { name: "c d.jpg" }])).toEqual([{ view1: 0, view2: 1 }]);
  });

  test("pair lists with spaces in names", () => {
    const photos = [{ name: "my house 1.jpg" }, { name: "my house 2.jpg" }, { name: "my" }];
    expect(parse("my house 1.jpg my house 2.jpg\nmy my house 2.jpg", photos)).toEqual([
      { view1: 0, view2: 1 },
      { view1: 2, view2: 1 },
    ]);
    const several = [{ name: "a" }, { name: "a b" }, { name: "b c" }, { name: "c" }];
    expect(() => parse("a b c", several)).toThrow(
      /line 1: "a b c" may be a and b c or a b and c; part the two by a tab/,
    );
  });

  test("pair lists with photo names in subfolders, as hloc writes them", () => {
    const photos = [
      { name: "cam0_1.jpg", path: "rig/cam0/1.jpg" },
      { name: "cam1_1.jpg", path: "rig/cam1/1.jpg" },
    ];
    expect(parse("cam1/1.jpg cam0/1.jpg\ncam0_1.jpg cam1_1.jpg", photos)).toEqual([
      { view1: 1, view2: 0 },
      { view1: 0, view2: 1 },
    ]);
    expect(() => parse("1.jpg cam0/1.jpg", photos)).toThrow(
      /pairs\.txt: 1\.jpg may be rig\/cam0\/1\.jpg or rig\/cam1\/1\.jpg/,
    );
  });

  test("takes a number for a name first, for an index then", () => {
    expect(parse("7 1")).toEqual([{ view1: 2, view2: 1 }]);
  });

  test("takes a full name before one without its extension", () => {
    expect(parse("a.jpg, a.jpg.png")).toEqual([{ view1: 0, view2: 3 }]);
  });

  test.each([
    ["a.jpg 7.jpg\na.jpg d.jpg", 'pairs.txt: line 2: "d.jpg" is none of the 4 photos (a.jpg, b c.jpg, 7.jpg, …)'],
    ["a.jpg 4", 'pairs.txt: line 1: "4" is none of the 4 photos'],
    ["\n\na.jpg", 'pairs.txt: line 3: "a.jpg" has 1 entries; two photos are expected'],
    ["0 1 2", "has 3 entries"],
    ["a a.jpg", "pairs.txt: line 1: a is paired with itself"],
    ["# nothing\n", "pairs.txt: holds no pairs"],
  ])("refuses %j", (text, problem) => {
    expect(() => parse(text)).toThrow(FormatError);
    expect(() => parse(text)).toThrow(problem);
  });
});
