import { serveRequests } from "#platform";
import type { TensorValues } from "../runtime/device.ts";
import { type BatchSettings, trainingBatches } from "./training-batches.ts";

/** What a loader asks of its workers: first what batches are made of, then batches by number. */
export type BatchRequest =
  | { readonly kind: "settings"; readonly settings: BatchSettings }
  | { readonly kind: "batch"; readonly batch: number };

let batches: (batch: number) => Promise<TensorValues>;

serveRequests(async (message) => {
  const request = message as BatchRequest;
  if (request.kind === "batch") return batches(request.batch);
  batches = trainingBatches(request.settings);
  return undefined;
});
