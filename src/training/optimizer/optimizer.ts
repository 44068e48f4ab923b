import type { AdamwState } from "./adamw.ts";

/** Turns gradients into updates of all parameters. */
export interface Optimizer extends AsyncDisposable {
  /** One step, in place. `gradient` and `values` are laid out alike; the state belongs to the caller. */
  step(
    values: Float32Array,
    gradient: Float32Array,
    state: AdamwState,
    options: { readonly learningRate: number; readonly weightDecay: number },
  ): Promise<void>;
}
