import type { Pose } from "../src/core/camera.ts";
import { composePoses, invertRigid } from "../src/geometry/pose.ts";
import type { PosedPhoto } from "../src/refinement/posed-photo.ts";
import type { VerifiedPair } from "../src/refinement/verify-pairs.ts";

/** Two photos as verification that knows the truth has them: every feature that both show, by its descriptor. */
export function pairShown(
  photos: readonly PosedPhoto[],
  truth: readonly Pose[],
  [photo1, photo2]: readonly [number, number],
): VerifiedPair {
  const [first, second] = [photo1, photo2].map((photo) => featuresByDescriptor(photos[photo]!));
  const matches = [...first!].flatMap(([key, i]) => (second!.has(key) ? [i, second!.get(key)!] : []));
  const cam2FromCam1 = composePoses(invertRigid(truth[photo2]!), truth[photo1]!);
  const [focal1, focal2] = [photos[photo1]!.focal.focal, photos[photo2]!.focal.focal];
  return {
    photo1,
    photo2,
    verdict: "verified",
    cam2FromCam1,
    focal1,
    focal2,
    focalSigma: 0.3,
    matches: Uint32Array.from(matches),
  };
}

function featuresByDescriptor({ features }: PosedPhoto): ReadonlyMap<string, number> {
  return new Map(Array.from({ length: features.count }, (_, i) => [descriptorKey(features, i), i]));
}

/** What tells one random descriptor from others. */
export function descriptorKey({ descriptors }: { readonly descriptors: Uint8Array }, index: number): string {
  return descriptors.subarray(128 * index, 128 * index + 8).join();
}
