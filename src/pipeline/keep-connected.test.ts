import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { seededRandom } from "../core/random.ts";
import type { Scene, SceneImage } from "../core/scene.ts";
import { identityPose } from "../geometry/pose.ts";
import { keepConnected } from "./keep-connected.ts";

const { scene } = syntheticScene({ names: ["a", "b", "c", "d"] });
const nobody = { isPosed: () => false };

/** As alignment places a photo of another place: somewhere, with a surface of its own. */
function stray(image: SceneImage, seed: string): SceneImage {
  const random = seededRandom(seed);
  const [near, tiltX, tiltY] = [1 + 3 * random(), 2 * random() - 1, 2 * random() - 1];
  const depth = image.depth.map((_, i) => {
    const [x, y] = [(i % image.width) / image.width - 0.5, Math.floor(i / image.width) / image.height - 0.5];
    return near * Math.exp(tiltX * x + tiltY * y);
  });
  return { ...image, depth };
}

function withStrays(...strays: readonly number[]): Scene {
  return {
    ...scene,
    images: scene.images.map((image, i) => (strays.includes(i) ? stray(image, `stray ${i}`) : image)),
  };
}

const registered = ({ images }: Scene) => images.map((image) => image.registered);

test("registered: photos that share points stay, whatever their order", () => {
  expect(keepConnected(scene, nobody)).toBe(scene);
});

test("registered: a stray photo is left out, and the world is the first camera that stays", () => {
  expect(registered(keepConnected(withStrays(2), nobody))).toEqual([true, true, false, true]);
  const without = keepConnected(withStrays(0), nobody);
  expect(registered(without)).toEqual([false, true, true, true]);
  for (const [i, value] of without.images[1]!.worldFromCam.entries()) expect(value).toBeCloseTo(identityPose()[i]!, 9);
});

test("registered: photos of as many places are not, but for the one that the network is most confident of", () => {
  const strays = withStrays(0, 1, 2, 3);
  for (const most of [0, 2]) {
    const images = strays.images.map((image, i) => ({
      ...image,
      confidence: image.confidence.map(() => (i === most ? 3 : 2)),
    }));
    expect(registered(keepConnected({ ...strays, images }, nobody))).toEqual([0, 1, 2, 3].map((i) => i === most));
  }
});

test("registered: given poses need no evidence and keep their world", () => {
  const posed = keepConnected(withStrays(0, 3), { isPosed: (image) => image === 0 || image === 3 });
  expect(registered(posed)).toEqual([true, false, false, true]);
  expect(posed.images[3]!.worldFromCam).toEqual(scene.images[3]!.worldFromCam);
  expect(posed.images.map(({ component }) => component)).toEqual([0, 1, 1, 0]);
});

test("registered: a photo that alignment left out stays out, though its pose was given", () => {
  const images = scene.images.map((image, i) => (i === 0 ? { ...image, registered: false } : image));
  const places = { isPosed: () => true };
  expect(registered(keepConnected({ ...scene, images }, places))).toEqual([false, true, true, true]);
});

test("registered: the network's confidence in both directions of a pair is evidence, in one it is not", () => {
  const strays = withStrays(2);
  const sure = (there: number, back: number): Scene => ({
    ...strays,
    pairs: [
      ...strays.pairs.filter(({ image1, image2 }) => image1 !== 2 && image2 !== 2),
      { image1: 0, image2: 2, meanConfidence: 2, relativeConfidence: there },
      { image1: 2, image2: 0, meanConfidence: 2, relativeConfidence: back },
    ],
  });
  expect(registered(keepConnected(sure(0.4, 0.3), nobody))).toEqual([true, true, true, true]);
  expect(registered(keepConnected(sure(0.9, 0.01), nobody))).toEqual([true, true, false, true]);
});

test("registered: where features were asked and do not agree, it takes more confidence, and some beside shared points", () => {
  const pairsOf = (relative: number) => [
    ...scene.pairs
      .map((pair) => ({ ...pair, relativeConfidence: 0.8 }))
      .filter(({ image2, image1 }) => image1 !== 2 && image2 !== 2),
    { image1: 0, image2: 2, meanConfidence: 2, relativeConfidence: relative },
    { image1: 2, image2: 0, meanConfidence: 2, relativeConfidence: relative },
  ];
  const asked = (found: Scene, areVerified: (image1: number, image2: number) => boolean) =>
    registered(keepConnected(found, { ...nobody, areVerified }))[2];
  const strays = withStrays(2);
  const never = () => false;
  expect(asked({ ...strays, pairs: pairsOf(0.3) }, never)).toBe(false);
  expect(asked({ ...strays, pairs: pairsOf(0.9) }, never)).toBe(true);
  expect(asked({ ...strays, pairs: pairsOf(0.001) }, (a, b) => Math.min(a, b) === 0 && Math.max(a, b) === 2)).toBe(
    true,
  );
  expect(asked({ ...scene, pairs: pairsOf(0.3) }, never)).toBe(true);
  expect(asked({ ...scene, pairs: pairsOf(0.001) }, never)).toBe(false);
});
