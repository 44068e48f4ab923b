import type { RunConfig } from "../config/run-config.ts";
import { type AdamwState, adamwStep } from "./adamw.ts";
import { openMuon } from "./muon.ts";
import type { ParameterLayout } from "./parameter-layout.ts";

/** How a gradient becomes a change of all parameters. */
export interface Optimizer extends AsyncDisposable {
  /** One step, in place. `gradient` and `values` are laid out alike; the state belongs to the caller. */
  step(
    values: Float32Array,
    gradient: Float32Array,
    state: AdamwState,
    options: { readonly learningRate: number; readonly weightDecay: number },
  ): Promise<void>;
}

/** Both optimizers keep their memory in AdamW's state. */
export async function openOptimizer(
  name: RunConfig["optimizer"],
  layout: ParameterLayout,
  { threads }: { readonly threads?: number | undefined },
): Promise<Optimizer> {
  if (name === "muon") return openMuon(layout, { threads });
  return {
    async step(values, gradient, state, options) {
      adamwStep(values, gradient, state, { layout, ...options });
    },
    async [Symbol.asyncDispose]() {},
  };
}
