import type { Size } from "../core/size.ts";
import { resizedMapping } from "../geometry/pixel-mapping.ts";
import { planesOfDepth, resampledPlanes } from "../geometry/plane-map.ts";
import type { PlanePrior } from "./plane-judge.ts";
import type { NetworkDepth } from "./stereo-photo.ts";

/** Factor between a depth and the network's that is always looked at, and what is added to it at the lowest confidence, 1. */
const LEAST_REACH = 3;
const MORE_REACH = 1.5;

/** What the network expects of a photo at a size: its surface, and the less confident it is, the more around that. */
export function priorOfNetwork(network: NetworkDepth, size: Size): PlanePrior {
  const { scaleX, scaleY, offsetX, offsetY } = resizedMapping(size, network);
  const { width, height } = size;
  const planes = resampledPlanes(planesOfDepth(network.depth, network), size, { scaleX, scaleY, offsetX, offsetY });
  const reach = new Float32Array(width * height);
  for (let i = 0; i < reach.length; i++) {
    const u = Math.round(scaleX * (i % width) + offsetX);
    const v = Math.round(scaleY * Math.floor(i / width) + offsetY);
    const column = Math.max(0, Math.min(network.width - 1, u));
    const row = Math.max(0, Math.min(network.height - 1, v));
    reach[i] = LEAST_REACH + MORE_REACH / Math.max(1, network.confidence[row * network.width + column]!);
  }
  return { ...planes, reach };
}
