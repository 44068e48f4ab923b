import type { Intrinsics, Pose } from "../src/core/camera.ts";
import type { Size, View } from "../src/core/view.ts";
import { networkIntrinsics } from "../src/geometry/pixel-mapping.ts";
import type { PairInference } from "../src/inference/pair-inference.ts";
import { type OracleCamera, oraclePredictions } from "./oracle-pairs.ts";

/** What is known of a photo, in its original pixels. */
export interface KnownPhoto extends Size {
  readonly intrinsics: Intrinsics;
  readonly worldFromCam: Pose;
  /** `[height, width]`, 0 where nothing is known. */
  readonly depth: Float32Array;
}

/**
 * An oracle: a network that recognizes photos by their names and predicts the ground truth, each pair at a scale of its
 * own.
 */
export function oracleNetwork(photos: ReadonlyMap<string, KnownPhoto>): PairInference {
  const cameras: OracleCamera[] = [];
  return {
    checkpoint: { name: "oracle", hash: "", config: { encoder: { dim: 1 } } } as PairInference["checkpoint"],
    dtype: "fp32",
    async encode(views) {
      return views.map((view) => {
        const features = Float32Array.of(cameras.length);
        cameras.push(networkCamera(photos.get(view.name)!, view));
        return { width: view.width, height: view.height, features };
      });
    },
    async decode(pair, encoded1, encoded2) {
      const seen = [encoded1, encoded2].map(({ features }) => cameras[features[0]!]!);
      const seed = `${encoded1.features[0]} ${encoded2.features[0]}`;
      const [prediction] = oraclePredictions(seen, [[0, 1]], { seed });
      return { ...prediction!, ...pair };
    },
  };
}

/** A photo's camera as the network sees it; the depth at the original pixel nearest to each of the network's. */
export function networkCamera(photo: KnownPhoto, view: View): OracleCamera {
  const { width, height, originalFromNetwork } = view;
  const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
  const depth = new Float32Array(width * height);
  for (let i = 0; i < depth.length; i++) {
    const x = Math.round(scaleX * (i % width) + offsetX);
    const y = Math.round(scaleY * Math.floor(i / width) + offsetY);
    depth[i] = photo.depth[Math.min(y, photo.height - 1) * photo.width + Math.min(x, photo.width - 1)]!;
  }
  const intrinsics = networkIntrinsics(photo.intrinsics, originalFromNetwork);
  return { width, height, intrinsics, worldFromCam: photo.worldFromCam, depth };
}
