import type { Pose } from "../../core/camera.ts";
import type { ImagePlane } from "../../core/image-plane.ts";
import { identityPose, invertRigid } from "../../geometry/pose.ts";
import type { AlignOptions } from "../align-options.ts";
import { locateCamera } from "../locate-camera.ts";
import type { Level, PointmapObservation, WeightedPair } from "./observation.ts";

/** What is known of an image by itself. */
export interface ImageKnowledge {
  readonly size: ImagePlane;
  /** In pixels. */
  readonly focal: number | undefined;
  /** `[height, width]`, the highest of all pairs. */
  readonly confidence: Float32Array;
}

/** An image in a frame of its own: that of the pair that is most confident of it. */
export interface ImageFrame {
  /** That pair's pointmap of the image, at the sampled pixels. */
  readonly points: Float32Array;
  readonly weights: Float32Array;
  readonly frameFromCam: Pose;
  readonly focal: number;
}

/**
 * A frame for every image, of the strongest pair that has it as view 1, whose frame is then its camera. An image that only
 * ever is view 2 is located in the frame of the strongest of those by PnP. Undefined where no pair shows the image or
 * there is no such camera.
 */
export function imageFrames(
  images: readonly ImageKnowledge[],
  pairs: readonly WeightedPair[],
  level: Level,
  options: AlignOptions,
): (ImageFrame | undefined)[] {
  return images.map((image, i) => {
    const { observations, observationBy } = level[i]!;
    const own = strongest(observations.filter(({ edge }) => pairs[edge]!.view1 === i));
    if (own !== undefined && image.focal !== undefined) {
      const { points, weights } = observationBy(own);
      return { points, weights, frameFromCam: identityPose(), focal: image.focal };
    }
    const seen = strongest(observations.filter(({ edge }) => pairs[edge]!.view2 === i));
    if (seen === undefined) return undefined;
    const located = locateCamera({ ...image, pointmap: pairs[seen]!.side(1).points }, options);
    if (located === undefined) return undefined;
    const { points, weights } = observationBy(seen);
    return { points, weights, frameFromCam: invertRigid(located.camFromPoints), focal: located.focal };
  });
}

/** The pair whose observation has the most weight. */
function strongest(observations: readonly PointmapObservation[]): number | undefined {
  let best: number | undefined;
  let most = 0;
  for (const observation of observations) {
    const total = observation.weights.reduce((sum, weight) => sum + weight, 0);
    if (total > most) [best, most] = [observation.edge, total];
  }
  return best;
}
