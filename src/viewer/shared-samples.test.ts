import { expect, test } from "vitest";
import { base64FromBytes } from "../core/base64.ts";
import { depthCode, type ReportCloud } from "../export/report-data.ts";
import { sharedSamples } from "./shared-samples.ts";

/** A camera at (x, 0, 0) that looks along z at a wall of the given depth. */
function wall(x: number, depth: number): ReportCloud {
  const grid = { width: 40, height: 30 };
  const range = [1, 10] as const;
  const codes = new DataView(new ArrayBuffer(2 * grid.width * grid.height));
  for (let i = 0; i < grid.width * grid.height; i++) codes.setUint16(2 * i, depthCode(depth, range), true);
  return {
    grid,
    step: 1,
    network: grid,
    intrinsics: { fx: 40, fy: 40, cx: 19.5, cy: 14.5 },
    world_from_cam: [1, 0, 0, x, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    depth_range: range,
    depth: base64FromBytes(new Uint8Array(codes.buffer)),
    confidence: base64FromBytes(new Uint8Array(grid.width * grid.height)),
  };
}

test("samples that show the same point of a wall are found, each where the other camera sees it", () => {
  // One unit to the right at depth 4: 40 / 4 = 10 pixels to the left.
  const shared = sharedSamples(wall(0, 4), wall(1, 4), { columns: 8, rows: 6 });
  expect(shared.length).toBe(6 * 6);
  for (const [a, b] of shared) {
    expect(Math.floor(a / 40)).toBe(Math.floor(b / 40));
    expect((a % 40) - (b % 40)).toBe(10);
  }
});

test("nothing is shared where depths contradict each other", () => {
  expect(sharedSamples(wall(0, 4), wall(1, 6), { columns: 8, rows: 6 })).toEqual([]);
});
