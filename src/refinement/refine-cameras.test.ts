import { describe, expect, test } from "vitest";
import {
  arc,
  arcPose,
  boxOfPoints,
  disturbed,
  everyPair,
  FOCAL,
  orbitPose,
  photograph,
  posed,
  relativeErrors,
  SIZE,
} from "../../test/featured-photos.ts";
import { seededRandom } from "../core/random.ts";
import { identityPose, rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { refineCameras } from "./refine-cameras.ts";

describe("refineCameras", () => {
  test("finds cameras from coarse poses, depths and focal lengths", async () => {
    const { photos, truth } = arc(4, "arc");
    const refined = await refineCameras(photos, { pairs: everyPair(4) });
    for (const [i, j] of everyPair(4)) {
      const [rotation, direction] = relativeErrors(
        [refined.cameras[i]!.worldFromCam, refined.cameras[j]!.worldFromCam],
        [truth[i]!, truth[j]!],
      );
      expect(rotation).toBeLessThan(0.2);
      expect(direction).toBeLessThan(0.6);
    }
    expect(refined.cameras[0]!.intrinsics.fx / FOCAL).toBeCloseTo(1, 1);
    expect(refined.points.count).toBeGreaterThan(200);
    const { count, starts, photos: shownBy, errors } = refined.points;
    for (let i = 0; i < count; i++) {
      const observers = shownBy.subarray(starts[i]!, starts[i + 1]!);
      expect(new Set(observers).size).toBe(observers.length);
    }
    expect(Math.max(...errors)).toBeLessThan(3);
  });

  test("finds simulated cameras exactly, from depths with 3 % of noise, poses several degrees off and focal lengths a tenth", async () => {
    const random = seededRandom("exact");
    const world = boxOfPoints(800, random);
    const truth = Array.from({ length: 6 }, (_, i) => orbitPose(0.2 * i, 0.05 * (i % 3)));
    const photos = truth.map((worldFromCam, i) => {
      const believed = i === 0 ? worldFromCam : disturbed(worldFromCam, random);
      return photograph(world, { worldFromCam, believed, random, focalError: 1.1 });
    });
    const { cameras } = await refineCameras(photos, { pairs: everyPair(6) });
    for (const [i, j] of everyPair(6)) {
      const found = [cameras[i]!.worldFromCam, cameras[j]!.worldFromCam] as const;
      const [rotation, direction] = relativeErrors(found, [truth[i]!, truth[j]!]);
      expect(rotation).toBeLessThan(0.05);
      expect(direction).toBeLessThan(0.1);
    }
    expect(Math.abs(cameras[0]!.intrinsics.fx / FOCAL - 1)).toBeLessThan(0.002);
  });

  test("is deterministic", async () => {
    const { photos } = arc(3, "again");
    const [first, second] = [
      await refineCameras(photos, { pairs: everyPair(3) }),
      await refineCameras(photos, { pairs: everyPair(3) }),
    ];
    expect(second).toEqual(first);
  });

  test("keeps poses that were given", async () => {
    const { photos, truth } = arc(3, "fixed");
    const given = photos.map((photo, i) => (i < 2 ? { ...photo, worldFromCam: truth[i]!, isFixed: true } : photo));
    const refined = await refineCameras(given, { pairs: everyPair(3) });
    for (const i of [0, 1]) {
      for (const [k, value] of truth[i]!.entries()) {
        expect(refined.cameras[i]!.worldFromCam[k]).toBeCloseTo(value, 9);
      }
    }
  });

  test("a photo of another place stays as the network has it", async () => {
    const { photos } = arc(3, "stranger");
    const random = seededRandom("elsewhere");
    const stranger = photograph(boxOfPoints(400, random), { worldFromCam: arcPose(1), random });
    const refined = await refineCameras([...photos, stranger], { pairs: everyPair(4) });
    expect(refined.cameras.map((camera) => camera !== undefined)).toEqual([true, true, true, false]);
    // But it is of the same camera, of which the others tell the focal length.
    const { cx, cy } = stranger.intrinsics;
    expect(refined.siblings).toEqual([undefined, undefined, undefined, { ...refined.cameras[0]!.intrinsics, cx, cy }]);
    const ofAnother = [...photos, { ...stranger, camera: 1 }];
    const { siblings } = await refineCameras(ofAnother, { pairs: everyPair(4) });
    expect(siblings[3]).toBeUndefined();
  });

  test("declines what says nothing of translation or nothing at all", async () => {
    const random = seededRandom("traps");
    const world = boxOfPoints(300, random);
    const first = photograph(world, { worldFromCam: identityPose(), random });
    const turned = rigidPose(rotationFromVector([0, 0.15, 0]), [0, 0, 0]);
    const elsewhere = rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [1, 0, 0]);
    const featureless = posed(
      {
        ...SIZE,
        count: 0,
        positions: new Float32Array(),
        scales: new Float32Array(),
        angles: new Float32Array(),
        descriptors: new Uint8Array(),
      },
      elsewhere,
      () => 5,
    );
    const shuffled = { ...first, features: { ...first.features, descriptors: rolled(first.features.descriptors) } };
    const traps = {
      "pure rotation": photograph(world, { worldFromCam: turned, believed: elsewhere, random }),
      "the same photo": { ...first, worldFromCam: elsewhere },
      "no features": featureless,
      "wrong matches": { ...shuffled, worldFromCam: elsewhere },
    };
    for (const [name, second] of Object.entries(traps)) {
      const { cameras, points } = await refineCameras([first, second], { pairs: [[0, 1]] });
      expect(cameras, name).toEqual([undefined, undefined]);
      expect(points.count, name).toBe(0);
    }
    expect((await refineCameras([first], { pairs: [] })).cameras).toEqual([undefined]);
  });

  test("stops when it is aborted", async () => {
    const { photos } = arc(3, "abort");
    const reason = new Error("enough");
    await expect(refineCameras(photos, { pairs: everyPair(3), signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});

/** Descriptors given to other features: matches that mean nothing. */
function rolled(descriptors: Uint8Array): Uint8Array {
  const count = descriptors.length / 128;
  const result = new Uint8Array(descriptors.length);
  const random = seededRandom("rolled");
  const order = Array.from({ length: count }, (_, i) => i).sort(() => random() - 0.5);
  for (const [to, from] of order.entries()) result.set(descriptors.subarray(128 * from, 128 * from + 128), 128 * to);
  return result;
}
