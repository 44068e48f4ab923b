import { seededRandom } from "../core/random.ts";
import type { NetworkConfig } from "../network/config.ts";
import type { TensorValues } from "../runtime/device.ts";
import { openSession, type Session } from "../runtime/session.ts";
import { multiply, scalar } from "../tensor/operators/elementwise.ts";
import { confidenceWeightedLoss, meanLoss } from "./criteria.ts";
import type { Criterion, LossViews } from "./loss-views.ts";
import { pairBatch } from "./pair-batch.ts";
import { pairGraph } from "./pair-graph.ts";
import type { ParameterLayout } from "./parameter-layout.ts";
import { pointmapRegressionLoss } from "./pointmap-regression.ts";
import { drawPairs, trainingScene, trainingView } from "./procedural-batches.ts";
import { stageGrids } from "./stage.ts";
import type { TrainConfig, TrainStage } from "./train-config.ts";
import { lossModel } from "./training-graph.ts";
import { evaluateLoss } from "./training-step.ts";

/** How a network does on pairs that no training run sees. */
export interface ValidationResult {
  /** The training loss. */
  readonly loss: number;
  /** Equation 2: mean distance of normalised points. */
  readonly regression: number;
  /**
   * How much nearer the true points a view's own pointmap is with its true partner than with a picture of another scene:
   * zero for a network that treats its inputs one by one, positive once it finds correspondences.
   */
  readonly gain: number;
}

/** A validation set with its graphs. */
export interface Validation {
  validate(values: Float32Array): Promise<ValidationResult>;
  dispose(): Promise<void>;
}

/** Scenes of this series are never trained on. */
export const VALIDATION_SEED = -777;

/** Prepares the fixed validation set of a stage. */
export async function openValidation(
  config: TrainConfig,
  stage: TrainStage,
  { network, layout }: { network: NetworkConfig; layout: ParameterLayout },
): Promise<Validation> {
  const { pairs } = config.validation;
  const { width, height } = stage;
  const series = { seed: VALIDATION_SEED, width, height, views: config.data.views, portrait: 0 };
  const scenes = Array.from({ length: Math.ceil(pairs / 4) }, (_, i) => trainingScene(series, i));
  const drawn = drawPairs(scenes, { pairs, overlap: [0.1, 0.9] }, seededRandom("validation pairs"));
  const views = drawn.map(([first, second]) => [trainingView(first), trainingView(second)] as const);
  const rivals = views.map(([first], i) => [first, views[((i + 1 + pairs / 2) % pairs) | 0]![1]] as const);

  const grids = stageGrids(stage, network, pairs);
  const open = async (criterion: Criterion) =>
    openSession(lossModel(pairGraph(network, grids, criterion)).bytes, { device: "cpu", prepack: true });
  const whole = await open(trainingCriterion(config.alpha));
  const own = await open(ownViewLoss);
  const run = (session: Session, batch: TensorValues, values: Float32Array) =>
    evaluateLoss(session, batch, { layout, values });
  const [partners, strangers] = [pairBatch(views, network), pairBatch(rivals, network)];
  return {
    async validate(values) {
      const all = await run(whole, partners, values);
      const withPartner = await run(own, partners, values);
      const withStranger = await run(own, strangers, values);
      return {
        loss: all.loss,
        regression: (all.regressionLoss1! + all.regressionLoss2!) / 2,
        gain: withStranger.loss - withPartner.loss,
      };
    },
    async dispose() {
      await Promise.all([whole.dispose(), own.dispose()]);
    },
  };
}

/** The paper's loss; without confidence where α is zero. */
export function trainingCriterion(alpha: number): Criterion {
  const pointwise = pointmapRegressionLoss();
  return alpha > 0 ? confidenceWeightedLoss(pointwise, alpha) : meanLoss(pointwise);
}

/** The regression loss of view 1 alone, normalised by itself: what its partner shows is no part of it. */
export function ownViewLoss({ predictions, targets: [target1, target2] }: LossViews): ReturnType<Criterion> {
  const unseen = { ...target2, valid: multiply(target2.valid, scalar(0)) };
  return meanLoss(pointmapRegressionLoss())({ predictions, targets: [target1, unseen] });
}
