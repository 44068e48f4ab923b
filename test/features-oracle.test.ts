import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeImage } from "#platform";
import { fundamentalMatrix, type Pixel, sampsonDistance } from "../src/evaluation/metrics/match-errors.ts";
import { detectFeatures } from "../src/features/detect-features.ts";
import type { Features } from "../src/features/features.ts";
import { matchFeatures } from "../src/features/match-features.ts";
import type { Matrix3 } from "../src/geometry/mat3.ts";
import { composePoses, invertRigid } from "../src/geometry/pose.ts";
import { canAskColmap, colmapMatches } from "./colmap-features.ts";

const DATA = resolve(import.meta.dirname, "../../shared/data");

const placeOf = ({ positions }: Features, i: number): Pixel => [positions[2 * i]!, positions[2 * i + 1]!];

/** The share of features that others have within a pixel and a tenth of the scale. */
function repeatability(features: Features, others: Features): number {
  let repeated = 0;
  for (let i = 0; i < features.count; i++) {
    const [x, y] = placeOf(features, i);
    for (let j = 0; j < others.count; j++) {
      const [u, v] = placeOf(others, j);
      const ratio = others.scales[j]! / features.scales[i]!;
      if (Math.hypot(u - x, v - y) > 1 || Math.max(ratio, 1 / ratio) > 1.1) continue;
      repeated++;
      break;
    }
  }
  return repeated / features.count;
}

/** Matches within two pixels of the true epipolar geometry, as a share of the features that could match. */
function matchingScore(a: Features, b: Features, matches: Uint32Array, fundamental: Matrix3): number {
  let correct = 0;
  for (let k = 0; k < matches.length; k += 2) {
    const distance = sampsonDistance(fundamental, placeOf(a, matches[k]!), placeOf(b, matches[k + 1]!));
    if (distance < 2) correct++;
  }
  return correct / Math.min(a.count, b.count);
}

/** The true epipolar geometry of two photos, as `scene.json` beside them has it. */
function trueGeometry(folder: string, names: readonly [string, string]): Matrix3 {
  const { images } = JSON.parse(readFileSync(join(folder, "scene.json"), "utf8"));
  const [first, second] = names.map((name) => {
    const { K, cam_from_world } = images.find(({ file }: { file: string }) => file === name);
    const intrinsics = { fx: K[0][0], fy: K[1][1], cx: K[0][2], cy: K[1][2] };
    return { intrinsics, camFromWorld: Float64Array.from(cam_from_world.flat() as number[]) };
  });
  const cam2FromCam1 = composePoses(second!.camFromWorld, invertRigid(first!.camFromWorld));
  return fundamentalMatrix(first!.intrinsics, second!.intrinsics, cam2FromCam1);
}

describe.skipIf(!existsSync(DATA) || !canAskColmap)("features of real photos beside COLMAP's", () => {
  test.each([
    ["fountain-p11", "00.jpg", "01.jpg"],
    ["fox", "00.jpg", "01.jpg"],
    ["tum-fr3-office", "00.jpg", "01.jpg"],
  ])("%s: as many, in the same places, matching as well", async (scene, name1, name2) => {
    const folder = join(DATA, scene);
    const photos = [join(folder, name1), join(folder, name2)] as const;
    const pictures = await Promise.all(photos.map((photo) => decodeImage(photo)));
    const [a, b] = pictures.map((picture) => detectFeatures(picture, { enlarged: false })) as [Features, Features];
    const colmap = colmapMatches(photos, pictures[0]!, 0);
    for (const [k, ours] of [a, b].entries()) {
      const theirs = colmap.features[k]!;
      expect(Math.abs(ours.count / theirs.count - 1)).toBeLessThan(0.05);
      expect(repeatability(theirs, ours)).toBeGreaterThan(0.85);
      expect(repeatability(ours, theirs)).toBeGreaterThan(0.85);
    }
    const geometry = trueGeometry(folder, [name1, name2]);
    const score = matchingScore(a, b, matchFeatures(a, b), geometry);
    expect(score).toBeGreaterThan(0.95 * matchingScore(...colmap.features, colmap.matches, geometry));
  });

  test("a photo poor in features: those that COLMAP finds from octave -1 on", async () => {
    const photos = [join(DATA, "scannet-0711/00.jpg"), join(DATA, "scannet-0711/01.jpg")] as const;
    const picture = await decodeImage(photos[0]);
    const ours = detectFeatures(picture);
    const [theirs] = colmapMatches(photos, picture, -1).features;
    expect(repeatability(theirs, ours)).toBeGreaterThan(0.85);
  });

  test("COLMAP's own features match as COLMAP matches them", () => {
    const photos = [join(DATA, "fox/00.jpg"), join(DATA, "fox/01.jpg")] as const;
    const { features, matches } = colmapMatches(photos, { width: 450, height: 800 }, 0);
    const pairs = (list: Uint32Array) =>
      new Set(Array.from({ length: list.length / 2 }, (_, k) => `${list[2 * k]} ${list[2 * k + 1]}`));
    const [own, theirs] = [pairs(matchFeatures(...features)), pairs(matches)];
    expect([...own].filter((pair) => theirs.has(pair)).length).toBeGreaterThan(0.98 * Math.max(own.size, theirs.size));
  });
});
