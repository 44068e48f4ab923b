import { z } from "zod";
import type { BlobStore } from "../core/blob-store.ts";
import { sha256 } from "../core/sha256.ts";
import type { ComparedPhoto } from "../refinement/compare-photos.ts";
import type { PairMemory } from "../refinement/pair-memory.ts";

/** Part of every key: raise it when the same photos give another pair, or another layout, than before. */
const PAIR_VERSION = 3;

const positive = z.number().positive();
const storedPair = z
  .object({
    verdict: z.enum(["verified", "planar", "rotation", "ambiguous"]),
    cam2FromCam1: z.array(z.number()).length(16),
    focal1: positive,
    focal2: positive,
    focalSigma: z.number().min(0),
    matches: z.array(z.tuple([z.int().min(0), z.int().min(0)])),
  })
  .nullable();

/** What verification says of pairs of photos, kept under all that it depends on: features, the network's answer, the seed. */
export async function storedPairs(
  store: BlobStore,
  photos: readonly ComparedPhoto[],
  seed: number | string = 0,
): Promise<PairMemory> {
  // One after another: descriptors of hundreds of photos may lie on a disk.
  const contents: string[] = [];
  for (const photo of photos) contents.push(await contentOf(photo));
  const keyOf = async (photo1: number, photo2: number): Promise<string> => {
    const isShared = photos[photo1]!.camera === photos[photo2]!.camera;
    const facts = [photo1, photo2, contents[photo1], contents[photo2], isShared, seed];
    return `verified-${PAIR_VERSION}-${(await sha256(JSON.stringify(facts))).slice(0, 48)}`;
  };
  return {
    async recall(photo1, photo2) {
      const bytes = await store.get(await keyOf(photo1, photo2));
      const pair = bytes && storedPair.safeParse(jsonOf(bytes)).data;
      if (!pair) return pair;
      const [count1, count2] = [photos[photo1]!.features.count, photos[photo2]!.features.count];
      if (!pair.matches.every(([i, j]) => i < count1 && j < count2)) return undefined;
      const { cam2FromCam1, matches } = pair;
      return {
        ...pair,
        photo1,
        photo2,
        cam2FromCam1: Float64Array.from(cam2FromCam1),
        matches: Uint32Array.from(matches.flat()),
      };
    },
    async keep(photo1, photo2, found) {
      const pair = found && {
        ...found,
        cam2FromCam1: Array.from(found.cam2FromCam1),
        matches: Array.from({ length: found.matches.length / 2 }, (_, k) => [
          found.matches[2 * k]!,
          found.matches[2 * k + 1]!,
        ]),
      };
      await store.put(await keyOf(photo1, photo2), new TextEncoder().encode(JSON.stringify(pair)));
    },
  };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** A hash of what a photo brings into verification. */
async function contentOf(photo: ComparedPhoto): Promise<string> {
  const { features, intrinsics, focal, worldFromCam, component, noise, depths } = photo;
  const { width, height, count, positions, descriptors } = features;
  const pose = worldFromCam ? Array.from(worldFromCam) : null;
  const facts = JSON.stringify([width, height, count, intrinsics, focal, pose, component ?? null, noise]);
  const parts = [new TextEncoder().encode(facts), positions, descriptors, depths];
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return sha256(bytes);
}
