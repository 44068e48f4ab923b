import type { Model } from "../pipeline/open-model.ts";

/** The network under test, and how photos are prepared for it. */
export interface EvaluatedNetwork extends Pick<Model, "network" | "plan"> {
  readonly signal?: AbortSignal | undefined;
}
