import { describe, expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import type { Scene, SceneImage } from "../core/scene.ts";
import { alignmentWarnings } from "./alignment-warnings.ts";

const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg", "c.jpg"] });

function changed(...changes: Partial<SceneImage>[]): Scene {
  return { ...scene, images: scene.images.map((image, i) => ({ ...image, ...changes[i] })) };
}

describe("alignmentWarnings", () => {
  test("a scene of which all is well", () => {
    expect(alignmentWarnings(scene, views)).toEqual([]);
  });

  test("photos alone, and groups of their own", () => {
    const alone = { registered: false, component: undefined };
    expect(alignmentWarnings(changed(alone), views)).toEqual([
      "1 of 3 photos could not be connected to the others: a.jpg.",
    ]);
    const apart = { registered: false, component: 1 };
    const [sentence] = alignmentWarnings(changed({}, apart, apart), views);
    expect(sentence).toMatch(/^b\.jpg, c\.jpg go together/);
  });

  test("photos about which the pairs disagree", () => {
    const doubtful = { fit: { residual: 0.3, inlierShare: 0.2 } };
    expect(alignmentWarnings(changed({}, doubtful), views)).toEqual([
      "The pairs disagree about b.jpg: look there with care.",
    ]);
  });

  test("what was given and contradicts the photos", () => {
    const warned: Scene = {
      ...scene,
      warnings: [
        { kind: "pose-contradicts-images", image: 2, degrees: 41.6, distance: 0.25 },
        { kind: "distance-contradicts-poses", ratio: 2 },
      ],
    };
    const [pose, distance] = alignmentWarnings(warned, views);
    expect(pose).toContain("pose of c.jpg contradicts the photos: they put it 42° and 25 %");
    expect(distance).toContain("2.00 times");
  });

  test("photos that look alike, several pairs in one sentence", () => {
    const loop = (image1: number, image2: number) => ({ kind: "false-loop", image1, image2 }) as const;
    expect(alignmentWarnings({ ...scene, warnings: [loop(0, 2)] }, views)).toEqual([
      "a.jpg and c.jpg look alike, but all others put them in different places: they were not paired.",
    ]);
    const [sentence, ...others] = alignmentWarnings({ ...scene, warnings: [loop(0, 2), loop(1, 2)] }, views);
    expect(sentence).toMatch(/^a\.jpg and c\.jpg, and 1 more pair, look alike/);
    expect(others).toEqual([]);
  });

  test("focal lengths of features that the network does not see, in one sentence", () => {
    const doubt = (image: number, ratio: number) => ({ kind: "features-contradict-network", image, ratio }) as const;
    const [sentence, ...others] = alignmentWarnings({ ...scene, warnings: [doubt(0, 2.4), doubt(2, 2.2)] }, views);
    expect(sentence).toMatch(/^Features give a\.jpg, c\.jpg a focal length 2\.4 times/);
    expect(others).toEqual([]);
  });

  test("photos that were cropped, in one sentence", () => {
    const cropped = (image: number) => ({ kind: "off-center", image, across: 0.06, along: -0.08 }) as const;
    expect(alignmentWarnings({ ...scene, warnings: [cropped(0), cropped(1)] }, views)).toEqual([
      "a.jpg, b.jpg look cropped: features put the principal point 10 % of the photo beside the middle, and the cameras have it there.",
    ]);
  });
});
