import { expect, test } from "vitest";
import { trainingScene } from "./procedural-series.ts";

test("a share of a series of photos are scenes of figures, as a series of these has them", () => {
  const figures = { seed: 7, width: 16, height: 16, views: 2, portrait: 0 };
  const mixed = { ...figures, collection: "photos", figures: 0.5 } as const;
  const isFigures = Array.from({ length: 12 }, (_, i) => {
    const [drawn] = trainingScene(mixed, i).views;
    const same = trainingScene(figures, i).views[0]!.rgb;
    return drawn!.rgb.every((value, at) => value === same[at]);
  });
  expect(isFigures).toContain(true);
  expect(isFigures).toContain(false);
});
