import { gaussian, type Random } from "../src/core/random.ts";
import type { Features } from "../src/features/features.ts";

/** Features anywhere in a photo of 400 by 300 pixels; descriptors are of length about 512. */
export function randomFeatures(random: Random, count: number): Features {
  const [width, height] = [400, 300];
  const descriptors = new Uint8Array(128 * count);
  for (let i = 0; i < count; i++) {
    const values = Array.from({ length: 128 }, () => Math.abs(gaussian(random)));
    const length = Math.hypot(...values);
    descriptors.set(
      values.map((value) => Math.round((512 * value) / length)),
      128 * i,
    );
  }
  return {
    width,
    height,
    count,
    positions: Float32Array.from({ length: 2 * count }, (_, i) => random() * (i % 2 === 0 ? width : height)),
    scales: Float32Array.from({ length: count }, () => 2 * 8 ** random()),
    angles: Float32Array.from({ length: count }, () => 2 * Math.PI * random()),
    descriptors,
  };
}

/** Features with the descriptors of others in another order, each changed a little. */
export function similarFeatures(random: Random, { count, descriptors }: Features, order: readonly number[]): Features {
  const features = randomFeatures(random, order.length);
  for (const [to, from] of order.entries()) {
    if (from >= count) continue;
    const changed = descriptors
      .subarray(128 * from, 128 * from + 128)
      .map((value) => Math.max(0, value + 8 * gaussian(random)));
    features.descriptors.set(changed, 128 * to);
  }
  return features;
}
