import { describe, expect, test } from "vitest";
import { readGoldens } from "../../test/golden.ts";
import { goldenPoses } from "../../test/synthetic-pairs.ts";
import type { SceneImage } from "../core/scene.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { identityPose } from "../geometry/pose.ts";
import { withoutOccluders } from "./clean.ts";

describe("withoutOccluders", () => {
  test("keeps and forgets the pixels that the reference does", () => {
    const reference = readGoldens("ga5_pco.safetensors");
    const size = { width: 64, height: 48, principalPoint: [32, 24] as const };
    const pixels = size.width * size.height;
    const part = (name: string, i: number) => reference(name).data.slice(i * pixels, (i + 1) * pixels);
    const images = goldenPoses("ga5_pco.safetensors", "final.im_poses_cam2world").map((worldFromCam, i): SceneImage => {
      const intrinsics = centeredIntrinsics(size, reference("final.focals").data[i]!);
      const depth = reference(`final.depth.${i}`).data;
      return {
        ...size,
        registered: true,
        component: 0,
        intrinsics,
        worldFromCam,
        depth,
        confidence: part("im_conf", i),
      };
    });
    const cleaned = withoutOccluders(images);
    const differing = cleaned.flatMap(({ confidence }, i) => {
      const expected = part("final.clean_im_conf", i);
      return [...confidence].filter((c, k) => c !== expected[k]);
    });
    // Points within rounding of a pixel's edge, or of the tolerance, may fall either way.
    expect(differing.length).toBeLessThan(0.001 * 5 * pixels);
    const forgotten = cleaned.map(({ confidence }) => confidence.filter((c) => c === 0).length);
    expect(Math.min(...forgotten)).toBeGreaterThan(10);
  });

  test("leaves other components and images alone", () => {
    const size = { width: 4, height: 4 };
    const image = (component: number | undefined, z: number, confidence: number): SceneImage => ({
      ...size,
      registered: component === 0,
      component,
      intrinsics: centeredIntrinsics(size, 4),
      worldFromCam: identityPose(),
      depth: new Float32Array(16).fill(z),
      confidence: new Float32Array(16).fill(confidence),
    });
    const images = [image(0, 2, 5), image(0, 1, 2), image(1, 1, 2), image(undefined, 1, 2)];
    const confidences = withoutOccluders(images).map(({ confidence }) => confidence[5]);
    expect(confidences).toEqual([5, 0, 2, 2]);
  });
});
