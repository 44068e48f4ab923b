import { decode } from "fast-png";
import { expect, test } from "vitest";
import { planeView } from "../../test/plane-view.ts";
import { FormatError } from "../core/errors.ts";
import type { ProgressEvent } from "../core/progress.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { checkDataset } from "./check-dataset.ts";
import type { Dataset } from "./dataset.ts";
import { pairSheet } from "./pair-sheet.ts";
import type { DatasetPair } from "./read-pair.ts";

/** A set of ten views of a plane, but for those that `change` replaces or damages. */
function planeSet(change: (frame: number) => RgbdView | undefined = () => undefined): Dataset {
  return {
    name: "planes",
    scenes: 1,
    frames: 10,
    pairs: 9,
    notes: ["a note"],
    frameName: (frame) => `plane/${frame}`,
    readFrame: async (frame) => change(frame) ?? planeView(frame),
    choosePair: (pair) => [pair, pair + 1],
    substitutes: () => [],
  };
}

test("a sound set: everything is counted, nothing is wrong", async () => {
  const events: ProgressEvent[] = [];
  const report = await checkDataset(planeSet(), { pairs: 4, onProgress: (event) => events.push(event) });
  expect(report).toMatchObject({ name: "planes", scenes: 1, frames: 10, pairs: 9, notes: ["a note"], checked: 10 });
  expect(report).toMatchObject({ broken: [], duplicates: [], warnings: [], depthShare: 1 });
  expect(report.pairsChecked.map(({ names }) => names[0])).toEqual(["plane/1", "plane/3", "plane/5", "plane/7"]);
  for (const { seen, difference } of report.pairsChecked) {
    expect(seen).toBeGreaterThan(0.3);
    expect(difference).toBeLessThan(5);
  }
  expect(events.at(-1)).toMatchObject({ stage: "check", done: 10, total: 10 });
});

test("broken frames and equal pictures are named", async () => {
  const report = await checkDataset(
    planeSet((frame) => {
      if (frame === 2) throw new FormatError("plane/2.png", "is cut off");
      return frame === 7 ? planeView(3) : undefined;
    }),
    { pairs: 9 },
  );
  expect(report.broken).toEqual([{ frame: "plane/2", problem: "plane/2.png: is cut off" }]);
  expect(report.duplicates).toEqual([["plane/7", "plane/3"]]);
  expect(report.pairsChecked).toHaveLength(7);
  expect(report.warnings).toEqual([]);
});

test("a set that is mostly broken, or whose poses do not fit its depth, is called doubtful", async () => {
  const broken = await checkDataset(
    planeSet((frame) => {
      if (frame > 2) throw new FormatError("a.png", "is cut off");
      return undefined;
    }),
    { pairs: 9 },
  );
  expect(broken.warnings).toEqual(["7 of 10 frames cannot be used", "7 of 9 pairs cannot be read"]);
  const turned = await checkDataset(
    planeSet((frame) => {
      const view = planeView(frame);
      // Every other camera looks the other way.
      const worldFromCam = view.worldFromCam.map((value, i) =>
        frame % 2 === 1 && i % 4 !== 3 && i % 4 !== 1 ? -value : value,
      );
      return { ...view, worldFromCam: worldFromCam as Float64Array<ArrayBuffer> };
    }),
    { pairs: 9 },
  );
  expect(turned.warnings).toEqual([expect.stringMatching(/^9 of 9 pairs show nothing in common/)]);
});

test("only as many frames as asked for, evenly spread; a bug is no broken frame; a signal stops it", async () => {
  const read: number[] = [];
  const set = planeSet((frame) => {
    read.push(frame);
    return undefined;
  });
  expect(await checkDataset(set, { frames: 2, pairs: 0 })).toMatchObject({ checked: 2, pairsChecked: [] });
  expect(read).toEqual([2, 7]);
  const bug = planeSet(() => {
    throw new TypeError("a bug");
  });
  await expect(checkDataset(bug, { pairs: 0 })).rejects.toThrow(TypeError);
  const stopped = checkDataset(set, { pairs: 0, signal: AbortSignal.abort(new Error("stopped")) });
  await expect(stopped).rejects.toThrow("stopped");
});

test("the contact sheet has a row a pair: view, fetched colors, other view, depth", async () => {
  const pair = (i: number): DatasetPair => ({
    views: [planeView(i), planeView(i + 1)],
    names: ["<a>", "b"],
    replaced: [],
  });
  const { width, height, data, channels } = decode(await pairSheet([pair(0), pair(4)]));
  expect([width, height]).toEqual([4 * 213 + 3 * 4, 2 * 176 + 4]);
  const average = (left: number, top: number): number[] => {
    const sum = [0, 0, 0];
    for (let y = top + 60; y < top + 100; y++) {
      for (let x = left + 80; x < left + 130; x++)
        for (let c = 0; c < 3; c++) sum[c]! += data[channels * (y * width + x) + c]! / 2000;
    }
    return sum;
  };
  for (const top of [16, 196]) {
    const [first, fetched] = [average(0, top), average(217, top)];
    for (let c = 0; c < 3; c++) expect(Math.abs(first[c]! - fetched[c]!)).toBeLessThan(6);
  }
  await expect(async () => pairSheet([])).rejects.toThrow(/at least one pair/);
});
