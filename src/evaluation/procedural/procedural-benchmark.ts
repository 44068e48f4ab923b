import type { Size } from "../../core/view.ts";
import { type PlanOptions, planView } from "../../images/plan-view.ts";
import type { Benchmark, EvalItem } from "../benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { findConstantAnswer } from "./constant-answer.ts";
import { evaluatePair, type ProceduralMetrics } from "./evaluate-pair.ts";
import { EVALUATION_SEED, proceduralPairs } from "./procedural-pairs.ts";
import { summarizeProcedural } from "./summary.ts";

/** Procedural scenes of a series that no network is trained on. */
export const PROCEDURAL_BENCHMARK: Benchmark<ProceduralMetrics> = {
  name: "procedural",
  title: "Procedural scenes",
  protocol: [
    "Scenes of a series of seeds of its own, photographed as casually as those for training, at the size the network takes 4:3 photos; pairs whose overlap is as close as their scene allows to one drawn evenly from 10 to 90 %.",
    "The network answers as `dust3r reconstruct` does: both ordered pairs, aligned with the defaults; the second row is the relative pose of `dust3r pose`.",
    "A constant: the answer of those who do not look at the photos: no rotation, the commonest direction of translation, one depth map and one focal length, chosen to do best on scenes of another series.",
    "points: mean distance of the points of both photos from the truth, each set divided by its mean distance from camera 1 (equations 2 and 3 of the paper). AbsRel, δ1.25: of the depth of both photos after median scaling. focal: median relative error. RRA@15, RTA@15, mAA30: as in the paper's section 4.2; the direction of translation counts with its sign (±: without).",
  ],
  summarize: summarizeProcedural,
};

/** How many pairs, of how many scenes. */
export interface ProceduralOptions {
  readonly scenes: number;
  readonly pairs: number;
}

/** The pairs to evaluate. */
export function proceduralItems(
  network: EvaluatedNetwork,
  { scenes, pairs }: ProceduralOptions,
): readonly EvalItem<ProceduralMetrics>[] {
  const pairsPerScene = Math.ceil(pairs / scenes);
  const draw = proceduralPairs({ seed: EVALUATION_SEED, pairsPerScene, ...viewSize(network.plan) });
  let constant: ReturnType<typeof findConstantAnswer> | undefined;
  return Array.from({ length: pairs }, (_, k): EvalItem<ProceduralMetrics> => {
    const id = `scene ${Math.floor(k / pairsPerScene)} pair ${k % pairsPerScene}`;
    return {
      id,
      evaluate() {
        constant ??= findConstantAnswer();
        return evaluatePair(draw(k), id, network, constant);
      },
    };
  });
}

/** The size of most photos' views. */
function viewSize(plan: PlanOptions): Size {
  const { width, height } = planView({ width: 4000, height: 3000 }, plan);
  return { width, height };
}
