import { expect, test } from "vitest";
import { randomFeatures } from "../../test/random-features.ts";
import { seededRandom } from "../core/random.ts";
import { deserializeFeatures, serializeFeatures } from "./feature-cache.ts";

const features = randomFeatures(seededRandom("cache"), 40);
const bytes = serializeFeatures(features);

test("features come back as they were, and those of a photo without any", async () => {
  expect(await deserializeFeatures(bytes, features)).toEqual(features);
  const none = randomFeatures(seededRandom("none"), 0);
  expect(await deserializeFeatures(serializeFeatures(none), none)).toEqual(none);
});

test("what is damaged or of something else is not believed", async () => {
  const dataStart = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const changed = (value: number) => {
    const copy = Uint8Array.from(bytes);
    // The place of the first feature, after the photo's size.
    new DataView(copy.buffer).setFloat32(dataStart + 8, value, true);
    return copy;
  };
  expect(await deserializeFeatures(changed(17), features)).toBeDefined();
  const broken = [
    bytes.subarray(0, bytes.length - 100),
    bytes.subarray(0, 4),
    new TextEncoder().encode("null"),
    changed(Number.NaN),
    changed(1e9),
    serializeFeatures({ ...features, scales: features.scales.map((scale) => -scale) }),
  ];
  for (const [i, one] of broken.entries()) expect(await deserializeFeatures(one, features), `${i}`).toBeUndefined();
  expect(await deserializeFeatures(bytes, { width: 401, height: 300 })).toBeUndefined();
});
