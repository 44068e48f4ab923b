import { openOutputFolder } from "#platform";
import { InputError } from "../core/errors.ts";
import { writeSafetensors } from "../formats/safetensors-writer.ts";
import { parameterShapes } from "../network/parameters.ts";
import { seriesHeights } from "../procedural/scene-size.ts";
import type { TensorValues } from "../runtime/device.ts";
import { openSession, type Session } from "../runtime/session.ts";
import type { OnnxModel } from "../tensor/onnx-model.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { batchHeight } from "./batches/batch-height.ts";
import { stageGrids } from "./batches/stage-batches.ts";
import { trainingBatches } from "./batches/training-batches.ts";
import type { TrainStage } from "./config/run-config.ts";
import { configuredNetwork, type TrainConfig } from "./config/train-config.ts";
import { startingValues } from "./initialization/starting-values.ts";
import { addGradient } from "./loss/evaluate-loss.ts";
import { pairLossGraph } from "./loss/pair-loss-graph.ts";
import { ownViewLoss, trainingCriterion } from "./loss/pointmap-loss.ts";
import { gradientModel, lossModel } from "./loss/training-graph.ts";
import { pointmapBatches, pointmapGraph } from "./objectives/pointmap-objective.ts";
import { ADAMW_DEFAULTS, adamwState, clipGradient } from "./optimizer/adamw.ts";
import { type MatrixStack, MUON_DEFAULTS, matrixStacks } from "./optimizer/muon.ts";
import { openOptimizer } from "./optimizer/open-optimizer.ts";
import { type ParameterLayout, parameterLayout } from "./optimizer/parameter-layout.ts";
import { learningRate, type ScheduleOptions, stageSchedule } from "./optimizer/schedule.ts";
import { hubConfig, namedTensors, vector } from "./run/training-checkpoint.ts";

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

/** A file that computes loss and gradient of batches of one shape. */
export interface ExportedGraph {
  /** Of landscape views. */
  readonly height: number;
  readonly file: string;
  /** What a batch consists of; every other input of the graph is a parameter. */
  readonly inputs: OnnxModel["inputs"];
}

/** `training.json`: all that an executor of the graphs needs to know besides them. */
export interface ExportedTraining {
  readonly version: 2;
  readonly config: TrainConfig;
  readonly stage: number;
  /** The step, all stages together, at which this one begins. */
  readonly firstStep: number;
  /** In the order in which the optimizer's moments are stored. */
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** One for each shape of the stage, its own height's first; they share parameters, which all have under the same names. */
  readonly graphs: readonly ExportedGraph[];
  readonly optimizer: typeof ADAMW_DEFAULTS & { readonly clip: number };
  /** Muon's settings for the matrices inside the blocks; null when AdamW updates them like all else. */
  readonly muon: (typeof MUON_DEFAULTS & { readonly stacks: readonly MatrixStack[] }) | null;
  readonly schedule: ScheduleOptions;
}

/**
 * Writes a stage of a training run for another executor (`tools/torch`): for each of its heights, `graph-WxH.onnx` computes
 * the loss, its details and the gradient of every parameter, just as `train` does, from a batch and the parameters;
 * `validation.onnx` the loss, its details and `own`, the regression loss of view 1 alone, at the stage's own height.
 * `model.safetensors` and `config.json` are the parameters to start from, in the hub's layout. With `check` steps there
 * is also `check.safetensors`: the batches, of the shapes that `train` draws for them,
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
  if (network.head.kind !== "linear") {
    throw new InputError("tools/torch makes batches for linear heads only; train a DPT head with `dust3r train`");
  }
  const layout = parameterLayout(parameterShapes(network));
  const { values } = await startingValues({ network, layout, seed: config.seed, init });
  const models = seriesHeights(stage).map((height) => {
    const model = gradientModel(pointmapGraph(config, number, height));
    return { height, file: `graph-${stage.width}x${height}.onnx`, model };
  });
  const validation = validationModel(config, stage);
  const record: ExportedTraining = {
    version: 2,
    config,
    stage: number,
    firstStep: config.stages.slice(0, number).reduce((sum, { steps }) => sum + steps, 0),
    parameters: [...layout.ranges].map(([name, { shape }]) => ({ name, shape })),
    graphs: models.map(({ height, file, model }) => {
      return { height, file, inputs: model.inputs.filter(({ name }) => !layout.ranges.has(name)) };
    }),
    optimizer: { ...ADAMW_DEFAULTS, weightDecay: config.weightDecay, clip: config.clip },
    muon: config.optimizer === "muon" ? { ...MUON_DEFAULTS, stacks: matrixStacks(layout) } : null,
    schedule: stageSchedule(stage),
  };
  const files = new Map<string, Uint8Array>([
    ...models.map(({ file, model }) => [file, model.bytes] as const),
    ["validation.onnx", validation.bytes],
    ["model.safetensors", writeSafetensors(namedTensors(layout, values))],
    ["config.json", new TextEncoder().encode(hubConfig(network))],
    ["training.json", new TextEncoder().encode(JSON.stringify(record))],
  ]);
  if (check > 0) {
    const settings = pointmapBatches(config, number);
    const batchAt = trainingBatches(settings);
    const batches = await Promise.all(
      Array.from({ length: check }, async (_, i) => ({ height: batchHeight(settings, i), batch: await batchAt(i) })),
    );
    const graphs = new Map(models.map(({ height, model }) => [height, model]));
    files.set("check.safetensors", await referenceSteps(graphs, batches, { config, stage, layout, values }));
  }
  await using folder = await openOutputFolder(output);
  for (const [name, bytes] of files) await folder.write(name, bytes);
  await folder.commit();
}

function validationModel(config: TrainConfig, stage: TrainStage): OnnxModel {
  const network = configuredNetwork(config);
  const validation = pairLossGraph(network, stageGrids(stage, network, stage.pairs), (views) => {
    const { loss, details } = trainingCriterion(config.alpha)(views);
    return { loss, details: { ...details, own: ownViewLoss(views).loss } };
  });
  return lossModel(validation);
}

interface ReferenceContext {
  readonly config: TrainConfig;
  readonly stage: TrainStage;
  readonly layout: ParameterLayout;
  readonly values: Float32Array;
}

/** `check.safetensors`: one optimizer step per batch, as `train` takes it without accumulation. */
async function referenceSteps(
  graphs: ReadonlyMap<number, OnnxModel>,
  batches: readonly { readonly height: number; readonly batch: TensorValues }[],
  { config, stage, layout, values: initial }: ReferenceContext,
): Promise<Uint8Array> {
  const values = initial.slice();
  const state = adamwState(layout);
  const [losses, norms] = [new Float32Array(batches.length), new Float32Array(batches.length)];
  let first: Float32Array | undefined;
  const sessions = new Map<number, Session>();
  const optimizer = await openOptimizer(config.optimizer, layout, {});
  try {
    for (const [height, { bytes }] of graphs) sessions.set(height, await openSession(bytes, { device: "cpu" }));
    for (const [step, { height, batch }] of batches.entries()) {
      const gradientSum = new Float32Array(layout.length);
      losses[step] = (await addGradient(sessions.get(height)!, batch, { layout, values, gradientSum })).loss;
      first ??= gradientSum.slice();
      norms[step] = clipGradient(gradientSum, config.clip);
      const rate = learningRate(step, stageSchedule(stage));
      await optimizer.step(values, gradientSum, state, { learningRate: rate, weightDecay: config.weightDecay });
    }
  } finally {
    await Promise.all([...sessions.values()].map((session) => session.dispose()));
    await optimizer[Symbol.asyncDispose]();
  }
  const STORED = { float32: "F32", int64: "I64", uint8: "U8" } as const;
  const inputs = batches.flatMap(({ batch }, i) =>
    Object.entries(batch).map(([name, { dtype, shape, data }]) => {
      return [`batch${i}.${name}`, { dtype: STORED[dtype as keyof typeof STORED], shape, values: data }] as const;
    }),
  );
  const results = { loss: losses, gradientNorm: norms, gradient: first!, values };
  const vectors = Object.entries(results).map(([name, numbers]) => [name, vector(numbers)] as const);
  return writeSafetensors(new Map([...inputs, ...vectors]));
}
