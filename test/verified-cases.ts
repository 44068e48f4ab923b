import { comparedPhoto } from "../src/refinement/compare-photos.ts";
import type { PosedPhoto } from "../src/refinement/posed-photo.ts";
import { type RefinedCameras, refineVerified } from "../src/refinement/refine-cameras.ts";
import { type VerifiedPair, verifyPairs } from "../src/refinement/verify-pairs.ts";
import { everyPair } from "./featured-photos.ts";

/** Sets of photos that are verified together, because processes take long to start. */
export interface VerifiedCases<Name extends string> {
  /** Of one set, all its pairs. */
  verified(name: Name): VerifiedPair[];
  refine(name: Name): Promise<RefinedCameras>;
}

/** Verifies all pairs of each set of photos. */
export async function verifyCases<Name extends string>(
  cases: Readonly<Record<Name, readonly PosedPhoto[]>>,
): Promise<VerifiedCases<Name>> {
  const names = Object.keys(cases) as Name[];
  const starts = new Map<Name, number>();
  let count = 0;
  for (const name of names) {
    starts.set(name, count);
    count += cases[name].length;
  }
  const photos = names.flatMap((name) => cases[name]);
  const pairs = names.flatMap((name) =>
    everyPair(cases[name].length).map(([i, j]) => [starts.get(name)! + i, starts.get(name)! + j] as const),
  );
  const all = await verifyPairs(photos.map(comparedPhoto), pairs);
  const verified = (name: Name) => {
    const [start, end] = [starts.get(name)!, starts.get(name)! + cases[name].length];
    return all
      .filter(({ photo1 }) => photo1 >= start && photo1 < end)
      .map((pair) => ({ ...pair, photo1: pair.photo1 - start, photo2: pair.photo2 - start }));
  };
  return { verified, refine: (name) => refineVerified(cases[name], verified(name)) };
}
