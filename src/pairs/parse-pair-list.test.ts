import { describe, expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { parsePairList } from "./parse-pair-list.ts";

const names = ["a.jpg", "b c.jpg", "7.jpg", "a.jpg.png"];
const parse = (text: string) => parsePairList({ path: "pairs.txt", text, names });

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
    const pairs = parsePairList({ path: "pairs.txt", text: "a, b.jpg\tc d.jpg\n", names: ["a, b.jpg", "c d.jpg"] });
    expect(pairs).toEqual([{ view1: 0, view2: 1 }]);
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
