import { truncateSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { doubles, element, matFile, matrix } from "../../../test/mat-file.ts";
import { type KnownPhoto, oracleNetwork } from "../../../test/oracle-network.ts";
import { roomPhotos, writeGrayPhoto, writeInto, writePhoto } from "../../../test/room-photos.ts";
import { plane, sphere, texturedView } from "../../../test/textured-views.ts";
import { unprojectDepth } from "../../geometry/camera.ts";
import { invertRigid, rigidPose, transformPoints } from "../../geometry/pose.ts";
import { rotationFromVector } from "../../geometry/rotation.ts";
import type { PairInference } from "../../inference/pair-inference.ts";
import { compareWithScan, DTU } from "./dtu.ts";
import { readDtuTruth } from "./dtu-scan.ts";
import { thinPoints } from "./thin-points.ts";

const size = { width: 32, height: 32 };
/** Meters in the room, tens of millimeters on the table. */
const SCALE = 20;
const photos = roomPhotos(6, { ...size, focal: 30 });
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "dust3r-dtu-"));
});
afterAll(() => rm(root, { recursive: true }));

/** A binary PLY as the scans are: positions, normals, colors. */
function ply(points: Float32Array): Buffer {
  const count = points.length / 3;
  const properties = ["x", "y", "z", "nx", "ny", "nz"].map((name) => `property float ${name}`);
  const colors = ["red", "green", "blue"].map((name) => `property uchar ${name}`);
  const header = [
    "ply",
    "format binary_little_endian 1.0",
    `element vertex ${count}`,
    ...properties,
    ...colors,
    "end_header",
    "",
  ];
  const body = Buffer.alloc(27 * count);
  for (let i = 0; i < count; i++) for (let k = 0; k < 3; k++) body.writeFloatLE(points[3 * i + k]!, 27 * i + 4 * k);
  return Buffer.concat([Buffer.from(header.join("\n")), body]);
}

/** Masks that see everything within 200 mm of the origin; the table is at y = 60, far below all. */
async function writeTruth(folder: string, points: Float32Array): Promise<void> {
  await writeInto(join(folder, "Points/stl/stl001_total.ply"), ply(points));
  const cells = element(2, Buffer.alloc(41 * 41 * 41, 1));
  const mask = [
    matrix("ObsMask", 9, [41, 41, 41], cells),
    matrix("BB", 6, [2, 3], doubles(-200, 200, -200, 200, -200, 200)),
  ];
  await writeInto(join(folder, "ObsMask/ObsMask1_10.mat"), matFile(...mask, matrix("Res", 6, [1, 1], doubles(10))));
  await writeInto(join(folder, "ObsMask/Plane1.mat"), matFile(matrix("P", 6, [4, 1], doubles(0, -1, 0, 60))));
}

/** A scan of what photos show; `writePicture` writes each of these. */
async function writeScan<T extends KnownPhoto>(
  folder: string,
  shown: readonly T[],
  writePicture: (path: string, photo: T) => Promise<void>,
): Promise<void> {
  const clouds = shown.map(({ depth, intrinsics, worldFromCam, width, height }) =>
    transformPoints(worldFromCam, unprojectDepth(depth, { width, height }, intrinsics)).map((x) => SCALE * x),
  );
  await writeTruth(folder, joined(clouds));
  for (const [i, photo] of shown.entries()) {
    const { intrinsics, worldFromCam } = photo;
    await writePicture(join(folder, "Rectified/scan1", nameOf(i)), photo);
    const { fx, fy, cx, cy } = intrinsics;
    const p = invertRigid(worldFromCam);
    const row = (k: number) => [0, 1, 2, 3].map((c) => (c === 3 ? SCALE : 1) * p[4 * k + c]!);
    const [x, y, z] = [row(0), row(1), row(2)];
    const projection = [x.map((v, c) => fx * v + cx * z[c]!), y.map((v, c) => fy * v + cy * z[c]!), z];
    await writeInto(
      join(folder, `Calibration/cal18/pos_${positionOf(i)}.txt`),
      `${projection.map((r) => r.join(" ")).join("\n")}\n`,
    );
  }
}

function oracle(known: readonly KnownPhoto[]): PairInference {
  return oracleNetwork(new Map(known.map((photo, i) => [nameOf(i), photo])));
}

const network = { network: oracle(photos), plan: { size: 32, patchSize: 16, square: true } };

function positionOf(index: number): string {
  return String(index + 1).padStart(3, "0");
}

function nameOf(index: number): string {
  return `rect_${positionOf(index)}_3_r5000.png`;
}

function joined(clouds: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(clouds.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const cloud of clouds) {
    all.set(cloud, at);
    at += cloud.length;
  }
  return all;
}

test("an oracle network reconstructs a scan", async () => {
  const folder = join(root, "scan");
  await writeScan(folder, photos, writePhoto);
  const [item, ...rest] = await DTU.items(network, folder, {});
  expect([item!.id, rest.length]).toEqual(["scan1", 0]);
  const { metrics } = await item!.evaluate();
  // Pixels are some millimeters apart; both clouds have the very same points.
  expect(metrics.photos).toBe(6);
  expect(metrics.accuracy).toBeLessThan(0.5);
  expect(metrics.completeness).toBeLessThan(0.5);
});

test("the points that stereo measures are nearer to the scan than those of a network that is off by a tenth", async () => {
  const folder = join(root, "stereo");
  const places = [
    [0, 0],
    [0.35, 0.05],
    [-0.3, 0.1],
    [0.05, -0.3],
  ] as const;
  const shown = places.map(([x, y]) =>
    texturedView(
      rigidPose(rotationFromVector([y / 5, -x / 5, 0]), [x, y, 0]),
      [plane([0.25, 0.1, 1], 4.2), sphere([0.1, 0.1, 3], 0.7)],
      { width: 176, height: 132 },
    ),
  );
  await writeScan(folder, shown, writeGrayPhoto);
  const bent = shown.map((view) => ({
    ...view,
    depth: view.depth.map((z, i) => z * (1 + 0.1 * Math.sin((i % view.width) / 20))),
  }));
  const accuracies: number[] = [];
  for (const dense of ["none", "stereo"] as const) {
    const [item] = await DTU.items({ network: oracle(bent), plan: { size: 96, patchSize: 16 }, dense }, folder, {});
    accuracies.push((await item!.evaluate()).metrics.accuracy);
  }
  expect(accuracies[1]).toBeLessThan(0.5 * accuracies[0]!);
  expect(accuracies[1]).toBeLessThan(1);
});

describe("a scan's truth", () => {
  const points = Float32Array.of(0, 0, 0, 10, 0, 0, 0, 100, 0);

  test("the distances by hand", async () => {
    const folder = join(root, "hand");
    await writeTruth(folder, points);
    const truth = await readDtuTruth(folder, 1);
    expect([...truth.points]).toEqual([...points]);
    expect(truth.isObserved(204, 0, 0)).toBe(true);
    expect(truth.isObserved(206, 0, 0)).toBe(false);
    // Found: 1 mm beside the first, far outside of the mask, 500 mm away. The third true point is under the table.
    const metrics = compareWithScan(Float32Array.of(1, 0, 0, 900, 0, 0, 0, 0, 190), truth);
    expect(metrics.accuracy).toBe(1);
    expect(metrics.completeness).toBe((1 + 9) / 2);
    expect(metrics).toMatchObject({ overall: 3, points: 3 });
    expect(() => compareWithScan(Float32Array.of(0, 0, 150), truth)).toThrow(/no reconstructed point is within 20 mm/);
  });

  test.each<[string, RegExp]>([
    ["Points/stl/stl001_total.ply", /stl001_total.ply: (says 3 vertices|is no PLY)/],
    ["ObsMask/ObsMask1_10.mat", /ObsMask1_10.mat/],
    ["ObsMask/Plane1.mat", /Plane1.mat/],
  ])("%s cut off", async (file, problem) => {
    const folder = join(root, `cut ${file}`);
    await writeTruth(folder, points);
    truncateSync(join(folder, file), 190);
    await expect(readDtuTruth(folder, 1)).rejects.toThrow(problem);
  });

  test.each<[string, string]>([
    ["not finite", "1 0 0 nan\n0 1 0 0\n0 0 1 0\n"],
    ["singular", "1 0 0 0\n0 1 0 0\n0 1 0 0\n"],
    ["cut off", "1 0 0 0\n0 1 0"],
  ])("a calibration that is %s", async (what, matrix) => {
    const folder = join(root, `calibration ${what}`);
    await writeScan(folder, photos, writePhoto);
    await writeInto(join(folder, "Calibration/cal18/pos_002.txt"), matrix);
    const [item] = await DTU.items(network, folder, {});
    await expect(item!.evaluate()).rejects.toThrow(/pos_002\.txt: a 3x4 projection matrix of rank 3 is expected/);
  });

  test("a scan without its ground truth", async () => {
    const folder = join(root, "no truth");
    await writeScan(folder, photos, writePhoto);
    await rm(join(folder, "Points/stl/stl001_total.ply"));
    const [item] = await DTU.items(network, folder, {});
    await expect(item!.evaluate()).rejects.toThrow(/stl001_total\.ply: there is no such file/);
  });

  test("no scan at all", async () => {
    await expect(DTU.items(network, join(root, "nothing"), {})).rejects.toThrow(/DTU's MVS Data is expected/);
  });
});

describe("thinning", () => {
  test("one point in every cube", () => {
    expect([...thinPoints(Float32Array.of(0.1, 0, 0, 0.15, 0, 0, -0.1, 0, 0, 0.3, 0, 0), 0.2)]).toEqual([
      ...Float32Array.of(0.1, 0, 0, -0.1, 0, 0, 0.3, 0, 0),
    ]);
  });

  test("keeps exactly the cubes there are", () => {
    const coordinate = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate, coordinate)), (cells) => {
        const points = Float32Array.from(cells.flatMap((cell) => cell.map((x) => x + 0.5)));
        expect(thinPoints(points, 1).length / 3).toBe(new Set(cells.map(String)).size);
      }),
    );
  });
});
