import { serveRequests } from "#platform";
import type { TensorValues } from "../../runtime/device.ts";
import { type BatchSettings, trainingBatches } from "./training-batches.ts";

/** What a loader asks of its workers: first what batches are made of, then batches by number. */
export type BatchRequest =
  | { readonly kind: "settings"; readonly settings: BatchSettings }
  | { readonly kind: "batch"; readonly batch: number };

/** A batch, and what of the data could not be used since the last. */
export interface BatchAnswer {
  readonly batch: TensorValues;
  readonly notes: readonly string[];
}

let batches: (batch: number) => Promise<TensorValues>;
let notes: string[] = [];

serveRequests(async (message) => {
  const request = message as BatchRequest;
  if (request.kind === "batch") {
    const batch = await batches(request.batch);
    const answer: BatchAnswer = { batch, notes };
    notes = [];
    return answer;
  }
  batches = trainingBatches(request.settings, (note) => notes.push(note));
  return undefined;
});
