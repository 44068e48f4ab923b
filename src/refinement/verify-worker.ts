import { serveRequests } from "#platform";
import { type ComparedPhoto, comparePhotos } from "./compare-photos.ts";

/** One pair for a worker process of `verifyPairs`. */
export interface VerifyRequest {
  readonly photo1: ComparedPhoto;
  readonly photo2: ComparedPhoto;
  readonly seed: string;
}

serveRequests(async (request) => {
  const { photo1, photo2, seed } = request as VerifyRequest;
  return comparePhotos(photo1, photo2, seed);
});
