import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { oracleNetwork } from "../../../test/oracle-network.ts";
import { roomPhotos } from "../../../test/room-photos.ts";
import { InputError } from "../../core/errors.ts";
import type { Dataset } from "../../data/datasets/dataset.ts";
import { INTRINSICS, intrinsicsItems } from "./intrinsics.ts";

const size = { width: 64, height: 48 };
const photos = roomPhotos(4, { ...size, focal: 60 });
const known = new Map(photos.map((photo, i) => [`scene/${i}`, photo]));
const network = { network: oracleNetwork(known), plan: { size: 64, patchSize: 16 } };

/** Two pairs of the room's photos. */
const dataset: Dataset = {
  name: "room",
  scenes: 1,
  frames: 4,
  pairs: 2,
  notes: [],
  frameName: (frame) => `scene/${frame}`,
  readFrame: async (frame) => ({ ...photos[frame]!, rgb: new Uint8Array(3 * 64 * 48) }),
  choosePair: (pair) => [2 * pair, 2 * pair + 1],
  substitutes: () => [],
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "dust3r-intrinsics-"));
});
afterAll(() => rm(root, { recursive: true }));

test("a network that knows everything finds the field of view from one photo and from two", async () => {
  const items = intrinsicsItems(dataset, network);
  expect(items.map(({ id }) => id)).toEqual(["pair 0", "pair 1"]);
  const measured = [];
  for (const { id, evaluate } of items) measured.push({ id, metrics: (await evaluate()).metrics, seconds: 1 });
  for (const { metrics } of measured) {
    for (const fit of [metrics.monocular, metrics.binocular]) {
      expect(fit.fov_error_deg).toBeLessThan(0.1);
      expect(fit.reprojection).toBe(1);
    }
  }
  const { tables } = INTRINSICS[0]!.summarize(measured);
  expect(tables[0]!.rows.map((row) => row.slice(0, 2))).toEqual([
    ["ours, monocular", "2"],
    ["ours, binocular", "2"],
  ]);
});

test("a folder that is no data set", async () => {
  for (const benchmark of INTRINSICS) {
    await expect(benchmark.items(network, join(root, "none"), {})).rejects.toThrow(InputError);
  }
});
