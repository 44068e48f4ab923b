import { expect, test } from "vitest";
import { FROM_NETWORK, FROM_STEREO } from "../core/dense-scene.ts";
import { emptyPlanes } from "../geometry/plane-map.ts";
import { denseMap } from "./dense-map.ts";
import { NO_EVIDENCE } from "./patch-match.ts";

const size = { width: 40, height: 32 };
const pixels = size.width * size.height;
const small = { width: 10, height: 8 };

test("what is not measured has the depth of points that others agree on, unless the network contradicts it, and is not said to be measured", () => {
  const isMeasured = (i: number) => i % size.width < 8;
  const isShown = (i: number) => i % size.width >= 20;
  const isHidden = (i: number) => i % size.width >= 30;
  const at = (of: (i: number) => number) => Float32Array.from({ length: pixels }, (_, i) => of(i));
  const { depth, source } = denseMap({
    planes: {
      ...emptyPlanes(size),
      inverseDepth: at((i) => (isMeasured(i) ? 0.25 : 0.9)),
      costs: at((i) => (isMeasured(i) ? 0.1 : NO_EVIDENCE)),
    },
    marks: Uint8Array.from({ length: pixels }, (_, i) => Number(isMeasured(i))),
    // Nothing is of even brightness.
    gray: Uint8Array.from({ length: pixels }, (_, i) => (50 * ((i % size.width) + Math.floor(i / size.width))) % 251),
    network: { ...small, depth: new Float32Array(80).fill(5), confidence: new Float32Array(80).fill(2) },
    shown: at((i) => (isHidden(i) ? 0.1 : isShown(i) ? 0.26 : 0)),
  });
  for (let i = 0; i < pixels; i++) {
    // The network's 5 is bent to the 4 that is measured.
    expect(depth[i]).toBeCloseTo(isShown(i) && !isHidden(i) ? 1 / 0.26 : 4, 4);
    expect(source[i]).toBe(isMeasured(i) ? FROM_STEREO : FROM_NETWORK);
  }
});
