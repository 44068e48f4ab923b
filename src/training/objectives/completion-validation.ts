import { seededRandom } from "../../core/random.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { crocoParameterShapes } from "../../network/croco.ts";
import type { TensorValues } from "../../runtime/device.ts";
import { openSession } from "../../runtime/session.ts";
import { type CompletionPair, completionBatch, patchedImage, shuffledPatches } from "../batches/completion-batch.ts";
import type { PretrainConfig } from "../config/pretrain-config.ts";
import { type CompletionShape, completionGraph } from "../loss/completion-graph.ts";
import { evaluateLoss } from "../loss/evaluate-loss.ts";
import { lossModel } from "../loss/training-graph.ts";
import { parameterLayout } from "../optimizer/parameter-layout.ts";
import { completionExamples } from "./completion-examples.ts";
import { EXAMPLES, type TrainingPair, type Validation, validationPairs } from "./validation.ts";

/**
 * The validation of cross-view completion; `gain` is how much lower the loss on masked patches is with the true
 * partner.
 */
export async function openCompletionValidation(
  network: NetworkConfig,
  config: PretrainConfig,
  shape: CompletionShape,
  number: number,
): Promise<Validation> {
  const layout = parameterLayout(crocoParameterShapes(network));
  const { partners, strangers } = await validationPairs(config, number);
  const masked = (pairs: readonly TrainingPair[]): readonly CompletionPair[] => {
    // The same patches are masked with either partner.
    const random = seededRandom("validation masks");
    return pairs.map(([first, second]) => {
      const view1 = patchedImage(first, network.patchSize);
      return { view1, view2: patchedImage(second, network.patchSize), order: shuffledPatches(view1.grid, random) };
    });
  };
  const known = masked(partners);
  const batches = [completionBatch(known, shape.hidden), completionBatch(masked(strangers), shape.hidden)] as const;
  const model = lossModel(completionGraph(network, { ...shape, pairs: partners.length }));
  const session = await openSession(model.bytes, { device: "cpu", prepack: true });
  return {
    async validate(values) {
      const lossOf = async (batch: TensorValues) => (await evaluateLoss(session, batch, { layout, values })).loss;
      const [loss, withStranger] = [await lossOf(batches[0]), await lossOf(batches[1])];
      return { loss, gain: withStranger - loss };
    },
    examples: (values) => {
      return completionExamples(known.slice(0, EXAMPLES), network, { hidden: shape.hidden, layout, values });
    },
    [Symbol.asyncDispose]: () => session.dispose(),
  };
}
