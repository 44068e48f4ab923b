import { serveRequests } from "#platform";
import type { FeatureOptions } from "./detect-features.ts";
import { type FeaturePhoto, loadFeatures } from "./load-features.ts";

/** One photo for a worker process of `extractFeatures`. */
export interface FeatureRequest {
  readonly photo: FeaturePhoto;
  readonly options: FeatureOptions;
}

serveRequests(async (request) => {
  const { photo, options } = request as FeatureRequest;
  return await loadFeatures(photo, options);
});
