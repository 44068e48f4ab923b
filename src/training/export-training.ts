import { openOutputFolder } from "#platform";
import { InputError } from "../core/errors.ts";
import { writeSafetensors } from "../formats/safetensors-writer.ts";
import { parameterShapes } from "../network/parameters.ts";
import type { TensorValues } from "../runtime/device.ts";
import { openSession } from "../runtime/session.ts";
import type { OnnxModel } from "../tensor/onnx-model.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { ADAMW_DEFAULTS, adamwState, adamwStep, clipGradient } from "./adamw.ts";
import { initialValues } from "./initial-values.ts";
import { pairGraph } from "./pair-graph.ts";
import { type ParameterLayout, parameterLayout } from "./parameter-layout.ts";
import { proceduralBatches } from "./procedural-batches.ts";
import { learningRate, type ScheduleOptions } from "./schedule.ts";
import { stageBatches, stageGrids, stageSchedule } from "./stage.ts";
import { configuredNetwork, type TrainConfig, type TrainStage } from "./train-config.ts";
import { hubConfig, namedTensors, valuesOfCheckpoint, vector } from "./training-checkpoint.ts";
import { gradientModel, lossModel } from "./training-graph.ts";
import { addGradient } from "./training-step.ts";
import { ownViewLoss, trainingCriterion } from "./validation.ts";

export interface ExportTrainingOptions {
  /** Folder that receives the files; older ones of the same names are replaced. */
  readonly output: string;
  /** Weights to start from; drawn at random when left out. */
  readonly init?: Checkpoint | undefined;
  /** Which of the configuration's stages, from 0. */
  readonly stage?: number;
  /** Steps to take here, so that another executor can be held against them. */
  readonly check?: number;
}

/** `training.json`: all that an executor of `graph.onnx` needs to know besides the graph. */
export interface ExportedTraining {
  readonly version: 1;
  readonly config: TrainConfig;
  readonly stage: number;
  /** The step, all stages together, at which this one begins. */
  readonly firstStep: number;
  /** In the order in which the optimizer's moments are stored. */
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** What a batch consists of; every other input of the graph is a parameter. */
  readonly inputs: OnnxModel["inputs"];
  readonly optimizer: typeof ADAMW_DEFAULTS & { readonly clip: number };
  readonly schedule: ScheduleOptions;
}

/**
 * Writes a stage of a training run for another executor (`tools/torch`): `graph.onnx` computes the loss, its details
 * and the gradient of every parameter, just as `train` does, from a batch and the parameters; `validation.onnx` the
 * loss, its details and `own`, the regression loss of view 1 alone. `model.safetensors` and `config.json` are the
 * parameters to start from, in the hub's layout. With `check` steps there is also `check.safetensors`: the batches
 * `batch0.patches`, …, the `loss` and `gradientNorm` of each step, the first step's `gradient` and the `values` after
 * the last, laid out as in `training.json`.
 */
export async function exportTraining(config: TrainConfig, options: ExportTrainingOptions): Promise<void> {
  const { output, init, stage: number = 0, check = 0 } = options;
  const stage = config.stages[number];
  if (stage === undefined) {
    throw new InputError(`stage ${number}: the configuration has stages 0 to ${config.stages.length - 1}`);
  }
  const network = configuredNetwork(config);
  const layout = parameterLayout(parameterShapes(network));
  const values = init === undefined ? initialValues(layout, config.seed) : await valuesOfCheckpoint(init, layout);
  const { graph, validation } = stageModels(config, stage);
  const record: ExportedTraining = {
    version: 1,
    config,
    stage: number,
    firstStep: config.stages.slice(0, number).reduce((sum, { steps }) => sum + steps, 0),
    parameters: [...layout.ranges].map(([name, { shape }]) => ({ name, shape })),
    inputs: graph.inputs.filter(({ name }) => !layout.ranges.has(name)),
    optimizer: { ...ADAMW_DEFAULTS, weightDecay: config.weightDecay, clip: config.clip },
    schedule: stageSchedule(stage),
  };
  const files = new Map<string, Uint8Array>([
    ["graph.onnx", graph.bytes],
    ["validation.onnx", validation.bytes],
    ["model.safetensors", writeSafetensors(namedTensors(layout, values))],
    ["config.json", new TextEncoder().encode(hubConfig(network))],
    ["training.json", new TextEncoder().encode(JSON.stringify(record))],
  ]);
  if (check > 0) {
    const batches = proceduralBatches(stageBatches(config, number));
    const first = Array.from({ length: check }, (_, i) => batches(i));
    files.set("check.safetensors", await referenceSteps(graph, first, { config, stage, layout, values }));
  }
  await using folder = await openOutputFolder(output);
  for (const [name, bytes] of files) await folder.write(name, bytes);
  await folder.commit();
}

function stageModels(config: TrainConfig, stage: TrainStage): { graph: OnnxModel; validation: OnnxModel } {
  const network = configuredNetwork(config);
  const grids = stageGrids(stage, network, stage.pairs);
  const criterion = trainingCriterion(config.alpha);
  const validation = pairGraph(network, grids, (views) => {
    const { loss, details } = criterion(views);
    return { loss, details: { ...details, own: ownViewLoss(views).loss } };
  });
  return { graph: gradientModel(pairGraph(network, grids, criterion)), validation: lossModel(validation) };
}

interface ReferenceContext {
  readonly config: TrainConfig;
  readonly stage: TrainStage;
  readonly layout: ParameterLayout;
  readonly values: Float32Array;
}

/** `check.safetensors`: one optimizer step per batch, as `train` takes it without accumulation. */
async function referenceSteps(
  graph: OnnxModel,
  batches: readonly TensorValues[],
  { config, stage, layout, values: initial }: ReferenceContext,
): Promise<Uint8Array> {
  const values = initial.slice();
  const state = adamwState(layout);
  const [losses, norms] = [new Float32Array(batches.length), new Float32Array(batches.length)];
  let first: Float32Array | undefined;
  const session = await openSession(graph.bytes, { device: "cpu" });
  try {
    for (const [step, batch] of batches.entries()) {
      const gradientSum = new Float32Array(layout.length);
      losses[step] = (await addGradient(session, batch, { layout, values, gradientSum })).loss;
      first ??= gradientSum.slice();
      norms[step] = clipGradient(gradientSum, config.clip);
      const rate = learningRate(step, stageSchedule(stage));
      adamwStep(values, gradientSum, state, { layout, learningRate: rate, weightDecay: config.weightDecay });
    }
  } finally {
    await session.dispose();
  }
  const DTYPES = { float32: "F32", int64: "I64", uint8: "U8" } as const;
  const inputs = batches.flatMap((batch, i) =>
    Object.entries(batch).map(([name, { dtype, shape, data }]) => {
      return [`batch${i}.${name}`, { dtype: DTYPES[dtype as keyof typeof DTYPES], shape, values: data }] as const;
    }),
  );
  const results = { loss: losses, gradientNorm: norms, gradient: first!, values };
  const vectors = Object.entries(results).map(([name, numbers]) => [name, vector(numbers)] as const);
  return writeSafetensors(new Map([...inputs, ...vectors]));
}
