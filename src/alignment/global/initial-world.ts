import { centeredIntrinsics } from "../../geometry/camera.ts";
import { type Points, transformPoints } from "../../geometry/pose.ts";
import { registerPointsRobustly } from "../../geometry/register-points-robustly.ts";
import { moveCamera, type Similarity, similarityMatrix } from "../../geometry/similarity.ts";
import { averageSimilarities } from "./average-similarities.ts";
import type { Group } from "./group.ts";
import type { Level } from "./observation.ts";
import { cameraAt, type World } from "./world.ts";

/**
 * The initialization of global alignment, from all pairs at once: the images' frames by averaging the relative
 * similarities that the pairs measure, then every pair aligned to both of its images.
 */
export function initialWorld({ images, pairs, measurements }: Group, level: Level): World {
  const worldFromFrame = averageSimilarities(images.length, measurements);
  const targets = images.map(({ frame }, i) => {
    return transformPoints(similarityMatrix(worldFromFrame[i]!), Float64Array.from(frame.points));
  });
  const cameras = images.map(({ size, frame, intrinsics }, i) => {
    const worldFromCam = moveCamera(worldFromFrame[i]!, frame.frameFromCam);
    return cameraAt(worldFromCam, intrinsics ?? centeredIntrinsics(size, frame.focal));
  });
  const edges = pairs.map(({ view1, view2 }, edge): Similarity => {
    const observations = [level[view1]!.observationBy(edge), level[view2]!.observationBy(edge)];
    const registration = registerPointsRobustly(
      joined(observations.map(({ points }) => points)),
      joined([targets[view1]!, targets[view2]!]),
      Float32Array.from(joined(observations.map(({ weights }) => weights))),
    );
    return registration.status === "ok" ? registration.targetFromSource : worldFromFrame[view1]!;
  });
  return { cameras, edges };
}

function joined(parts: readonly Points[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
