import { expect, test } from "vitest";
import { besidePublished } from "../published.ts";
import { fixed, markdownTable, percent } from "./markdown-table.ts";
import { pictureRow } from "./picture-row.ts";

test("a table is aligned, numbers to the right; published rows fill up what they do not say", () => {
  const ours = { title: "t", header: ["method", "n", "Rel", "s"], rows: [["ours", "12", "0.5", "3"]] };
  const table = besidePublished(ours, { source: "paper", rows: [["theirs", "0.25"]] });
  expect(markdownTable(table).split("\n")).toEqual([
    "| method         |   n |  Rel |   s |",
    "| -------------- | --: | ---: | --: |",
    "| ours           |  12 |  0.5 |   3 |",
    "| theirs [paper] |     | 0.25 |     |",
  ]);
});

test("what is not known is a dash", () => {
  expect([percent(null), percent(undefined), fixed(Number.NaN, 2), percent(0.125), fixed(1.005, 1)]).toEqual([
    "-",
    "-",
    "-",
    "12.5",
    "1.0",
  ]);
});

test("pictures side by side, tall ones reduced", () => {
  const white = (width: number, height: number) => ({
    width,
    height,
    rgb: new Uint8Array(3 * width * height).fill(255),
  });
  const row = pictureRow([white(2, 4), white(3, 8)], 4);
  // The second shrinks by two, to 1 x 4; four pixels lie between them.
  expect([row.width, row.height]).toEqual([2 + 4 + 1, 4]);
  expect(Array.from(row.rgb.subarray(0, 21), (value) => (value === 255 ? 1 : 0))).toEqual(
    [1, 1, 0, 0, 0, 0, 1].flatMap((pixel) => [pixel, pixel, pixel]),
  );
});
