import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import type { ContradictedPair } from "../core/scene.ts";
import { sceneVerdict } from "./scene-verdict.ts";

test("photos taken from one place are said to be, unless others fix where they are", () => {
  const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg"] });
  const refinement = {
    verifiedPairs: 1,
    unexplainedPairs: 0,
    points: 0,
    rotations: [[0, 1]] as const,
    contradicted: [],
    verifiedImages: [0, 1],
    loose: [],
    lenses: [],
    seconds: 1,
  };
  const withSource = (poseSource: "network" | "refined") => ({
    ...scene,
    refinement,
    images: scene.images.map((image) => ({ ...image, poseSource })),
  });
  expect(sceneVerdict(withSource("network"), views).warnings).toEqual([
    "a.jpg and b.jpg seem to be taken from one place: their distance is the network's guess.",
  ]);
  expect(sceneVerdict(withSource("refined"), views).warnings).toEqual([]);
  expect(sceneVerdict(scene, views).warnings).toEqual([]);
});

test("a part whose scale features leave open is said to have the network's", () => {
  const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg", "c.jpg", "d.jpg"] });
  const refinement = {
    verifiedPairs: 3,
    unexplainedPairs: 0,
    points: 50,
    rotations: [],
    contradicted: [],
    verifiedImages: [0, 1, 2, 3],
    loose: [{ images: [2, 3], hinge: 1 }],
    lenses: [],
    seconds: 1,
  };
  const images = scene.images.map((image) => ({ ...image, poseSource: "refined" as const }));
  expect(sceneVerdict({ ...scene, images, refinement }, views).warnings).toEqual([
    "Only b.jpg joins c.jpg, d.jpg (2 photos) to the others, and shows no features from both sides: how large that part is beside the rest " +
      "is the network's guess. A few more photos there would tell.",
  ]);
});

test("photos that no features agree about are said to be placed by the network alone", () => {
  const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg", "c.jpg"] });
  const warnings = (verifiedImages: readonly number[], poseSource: "network" | "given" = "network") =>
    sceneVerdict(
      {
        ...scene,
        refinement: {
          verifiedPairs: 1,
          unexplainedPairs: 0,
          points: 50,
          rotations: [],
          contradicted: [],
          verifiedImages,
          loose: [],
          lenses: [],
          seconds: 1,
        },
        images: scene.images.map((image) => ({ ...image, poseSource })),
      },
      views,
    ).warnings;
  expect(warnings([0, 1])).toEqual(["No features agree: only the network places c.jpg. Look there with care."]);
  expect(warnings([])).toEqual([
    "No features agree: only the network places a.jpg, b.jpg, c.jpg. Look there with care.",
  ]);
  expect(warnings([0, 1, 2])).toEqual([]);
  expect(warnings([], "given")).toEqual([]);
  expect(sceneVerdict(scene, views).warnings).toEqual([]);
});

test("cameras that contradict more than a third of the pairs that features verify are doubted, unless poses were given", () => {
  const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg", "c.jpg", "d.jpg"] });
  const images = scene.images.map((image) => ({ ...image, poseSource: "refined" as const }));
  const refinement = {
    verifiedPairs: 6,
    points: 50,
    rotations: [],
    contradicted: [],
    verifiedImages: [0, 1, 2, 3],
    loose: [],
    lenses: [],
    seconds: 1,
  };
  const warnings = (unexplainedPairs: number, contradicted: readonly ContradictedPair[] = []) =>
    sceneVerdict({ ...scene, images, refinement: { ...refinement, unexplainedPairs, contradicted } }, views).warnings;
  expect(warnings(2)).toEqual([]);
  expect(warnings(3)).toEqual([
    expect.stringMatching(/^The cameras contradict 3 of the 6 pairs of photos whose features agree/),
  ]);
  expect(warnings(3, [{ image1: 0, image2: 1, rotation: 20, direction: 10 }])).toEqual([
    expect.stringContaining("The features contradict the given poses"),
  ]);
});
