import { describe, expect, test } from "vitest";
import { oracleNetwork } from "../../test/oracle-network.ts";
import { poseDifference } from "../../test/pose-errors.ts";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { seededRandom } from "../core/random.ts";
import type { Scene } from "../core/scene.ts";
import { viewOfPhoto } from "../evaluation/procedural/procedural-pairs.ts";
import { composePoses, invertRigid } from "../geometry/pose.ts";
import type { PairInference } from "../inference/pair-inference.ts";
import { generateScene } from "../procedural/generate-scene.ts";
import { givenOrder } from "./canonical-order.ts";
import { reconstructViews } from "./reconstruct.ts";

const { views: photos } = generateScene(3, 5, { views: 4, width: 64, height: 48, casual: false });
const views = photos.map((photo, i) => viewOfPhoto(photo, `${i}.jpg`));
const known = new Map(photos.map((photo, i) => [`${i}.jpg`, photo]));

/** A network that is wrong by a third of the depth, differently for every pair, and hardly confident. */
function unsureNetwork(): PairInference {
  const oracle = oracleNetwork(known);
  const encodedAs = new Map<number, string>();
  return {
    ...oracle,
    async encode(some) {
      const encoded = await oracle.encode(some);
      for (const [i, { features }] of encoded.entries()) encodedAs.set(features[0]!, some[i]!.name);
      return encoded;
    },
    async decode(pair, encoded1, encoded2) {
      const prediction = await oracle.decode(pair, encoded1, encoded2);
      const random = seededRandom([encoded1, encoded2].map(({ features }) => encodedAs.get(features[0]!)).join());
      // The oracle gives each pair a scale that depends on the order of encoding.
      const size = Math.abs(prediction.pointmap1[2]!);
      const noisy = (points: Float32Array) => points.map((x) => (x / size) * (1 + 0.3 * (random() - 0.5)));
      const unsure = (confidence: Float32Array) => confidence.map(() => 1.05 + 0.1 * random());
      return {
        ...prediction,
        pointmap1: noisy(prediction.pointmap1),
        pointmap2: noisy(prediction.pointmap2),
        confidence1: unsure(prediction.confidence1),
        confidence2: unsure(prediction.confidence2),
      };
    },
  };
}

async function relativePoses(order: readonly number[], pairs: { kind: "complete" } | { kind: "star"; center: number }) {
  const network = { network: unsureNetwork() };
  const scene = await reconstructViews(
    network,
    order.map((i) => views[i]!),
    { pairs },
  );
  return { scene, poses: byView(scene, order) };
}

/** Poses in the frame of view 0, by view. */
function byView(scene: Scene, order: readonly number[]) {
  const at = (view: number) => scene.images[order.indexOf(view)]!;
  const camFromWorld = invertRigid(at(0).worldFromCam);
  return order.map((_, view) => composePoses(camFromWorld, at(view).worldFromCam));
}

describe("photos in another order", () => {
  test.each(["complete", "star"] as const)(
    "have the same poses, where the network is unsure, too: %s pairs",
    async (kind) => {
      const graph = (center: number) => (kind === "star" ? { kind, center } : { kind });
      const first = await relativePoses([0, 1, 2, 3], graph(2));
      for (const order of [
        [3, 2, 1, 0],
        [2, 0, 3, 1],
      ]) {
        const other = await relativePoses(order, graph(order.indexOf(2)));
        for (const [i, pose] of other.poses.entries())
          expect(poseDifference(pose, first.poses[i]!).degrees).toBeLessThan(1e-6);
        expect(order.map((view) => first.scene.images[view]!.registered)).toEqual(
          other.scene.images.map(({ registered }) => registered),
        );
      }
    },
  );

  test("pairs are listed as they were chosen", async () => {
    const { scene } = await relativePoses([3, 1, 0, 2], { kind: "star", center: 0 });
    expect(scene.pairs.map(({ image1, image2 }) => [image1, image2])).toEqual([
      ...[1, 2, 3].map((other) => [0, other]),
      ...[1, 2, 3].map((other) => [other, 0]),
    ]);
  });

  test("the world is the first registered one's camera", async () => {
    const { scene } = await relativePoses([3, 1, 0, 2], { kind: "complete" });
    const first = scene.images.find(({ registered }) => registered)!;
    expect([...first.worldFromCam]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  });
});

test("warnings name the images as they were given", () => {
  const { scene } = syntheticScene({ names: ["a", "b", "c"] });
  const warnings = [
    { kind: "false-loop", image1: 0, image2: 1 },
    { kind: "exif-contradicts-points", image: 2, ratio: 2 },
    { kind: "distance-contradicts-poses", ratio: 3 },
  ] as const;
  const order = { views: [2, 0, 1], places: [1, 2, 0] };
  expect(givenOrder({ ...scene, warnings }, order, { pairs: [], posed: true }).warnings).toEqual([
    { kind: "false-loop", image1: 2, image2: 0 },
    { kind: "exif-contradicts-points", image: 1, ratio: 2 },
    { kind: "distance-contradicts-poses", ratio: 3 },
  ]);
});
