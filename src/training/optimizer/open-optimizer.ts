import type { RunConfig } from "../config/run-config.ts";
import { adamwStep } from "./adamw.ts";
import { openMuon } from "./muon.ts";
import type { Optimizer } from "./optimizer.ts";
import type { ParameterLayout } from "./parameter-layout.ts";

/** The optimizer that a run asks for; either keeps its state in AdamW's form. */
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
