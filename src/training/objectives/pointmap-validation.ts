import { parameterShapes } from "../../network/parameters.ts";
import type { TensorValues } from "../../runtime/device.ts";
import { openSession, type Session } from "../../runtime/session.ts";
import { pairBatch } from "../batches/pair-batch.ts";
import { stageGrids } from "../batches/stage-batches.ts";
import { configuredNetwork, type TrainConfig } from "../config/train-config.ts";
import { evaluateLoss } from "../loss/evaluate-loss.ts";
import { pairLossGraph } from "../loss/pair-loss-graph.ts";
import { type Criterion, ownViewLoss, trainingCriterion } from "../loss/pointmap-loss.ts";
import { lossModel } from "../loss/training-graph.ts";
import { parameterLayout } from "../optimizer/parameter-layout.ts";
import { pointmapExamples } from "./pointmap-examples.ts";
import { EXAMPLES, type Validation, validationPairs } from "./validation.ts";

/**
 * The validation of pointmaps. Beside the training loss: `regression`, equation 2 of the paper, the mean distance of
 * normalized points; `gain` is of view 1's own pointmap; `lossOfPhotos` is on scenes of that collection, where it is
 * trained on.
 */
export async function openPointmapValidation(config: TrainConfig, number: number): Promise<Validation> {
  const network = configuredNetwork(config);
  const layout = parameterLayout(parameterShapes(network));
  const pairs = await validationPairs(config, number);
  const grids = stageGrids(config.stages[number]!, network, pairs.partners.length);
  const open = async (criterion: Criterion) =>
    openSession(lossModel(pairLossGraph(network, grids, criterion)).bytes, { device: "cpu", prepack: true });
  const whole = await open(trainingCriterion(config.alpha));
  const own = await open(ownViewLoss);
  const run = (session: Session, batch: TensorValues, values: Float32Array) =>
    evaluateLoss(session, batch, { layout, values });
  const [partners, strangers] = [pairBatch(pairs.partners, network), pairBatch(pairs.strangers, network)];
  const hasPhotos = config.data.collection === "photos";
  const alike = hasPhotos ? pairBatch((await validationPairs(config, number, "photos")).partners, network) : undefined;
  return {
    async validate(values) {
      const all = await run(whole, partners, values);
      const withPartner = await run(own, partners, values);
      const withStranger = await run(own, strangers, values);
      return {
        loss: all.loss,
        regression: (all.regressionLoss1! + all.regressionLoss2!) / 2,
        gain: withStranger.loss - withPartner.loss,
        ...(alike && { lossOfPhotos: (await run(whole, alike, values)).loss }),
      };
    },
    examples: (values) => pointmapExamples(pairs.partners.slice(0, EXAMPLES), network, { layout, values }),
    async [Symbol.asyncDispose]() {
      await Promise.all([whole.dispose(), own.dispose()]);
    },
  };
}
