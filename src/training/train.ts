import { joinPath } from "#platform";
import { InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import type { NetworkConfig } from "../network/config.ts";
import { parameterShapes } from "../network/parameters.ts";
import type { ConcreteDevice } from "../runtime/device.ts";
import { openSession } from "../runtime/session.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { adamwState, clipGradient } from "./adamw.ts";
import { openBatchLoader } from "./batch-loader.ts";
import { initialValues } from "./initial-values.ts";
import { openOptimizer } from "./optimizer.ts";
import { pairGraph } from "./pair-graph.ts";
import { type ParameterLayout, parameterLayout } from "./parameter-layout.ts";
import { learningRate } from "./schedule.ts";
import { stageBatches, stageGrids, stageSchedule } from "./stage.ts";
import { configuredNetwork, type TrainConfig, type TrainStage } from "./train-config.ts";
import {
  latestTrainingState,
  saveTrainingState,
  type TrainingState,
  valuesOfCheckpoint,
} from "./training-checkpoint.ts";
import { gradientModel } from "./training-graph.ts";
import { addGradient } from "./training-step.ts";
import { openValidation, trainingCriterion, type ValidationResult } from "./validation.ts";

/** One optimizer step, as it is logged. */
export interface StepReport {
  readonly step: number;
  readonly stage: number;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Ordered pairs per second since the run began or went on. */
  readonly pairsPerSecond: number;
  /** Share of the time spent waiting for batches. */
  readonly waiting: number;
  /** Seconds left at this pace. */
  readonly secondsLeft: number;
}

export interface TrainOptions extends Pick<RunOptions, "signal"> {
  /** Receives `checkpoints/`. */
  readonly output: string;
  /** Weights to start from; drawn at random when left out. */
  readonly init?: Checkpoint | undefined;
  readonly device?: ConcreteDevice | undefined;
  readonly threads?: number | undefined;
  /** Go on although the configuration has changed. */
  readonly changedConfig?: boolean | undefined;
  readonly onStep?: (report: StepReport) => void;
  readonly onValidation?: (step: number, result: ValidationResult) => void;
  readonly onCheckpoint?: (folder: string) => void;
}

/**
 * Trains a network on procedural scenes, through all stages. An aborted run writes a checkpoint first; the same call goes
 * on from the newest one, exactly as if it had never stopped.
 * @throws InputError when the loss stops being a number, naming the step and the last good checkpoint
 */
export async function train(config: TrainConfig, options: TrainOptions): Promise<void> {
  const network = configuredNetwork(config);
  const layout = parameterLayout(parameterShapes(network));
  const checkpoints = joinPath(options.output, "checkpoints");
  const state =
    (await latestTrainingState(checkpoints, layout, config, { changedConfig: options.changedConfig ?? false })) ??
    (await freshState(config, layout, options.init));
  const context = { config, network, layout, checkpoints, options, state };
  let first = 0;
  for (const [number, stage] of config.stages.entries()) {
    if (state.step < first + stage.steps) await trainStage(stage, number, first, context);
    first += stage.steps;
  }
}

interface TrainContext {
  readonly config: TrainConfig;
  readonly network: NetworkConfig;
  readonly layout: ParameterLayout;
  readonly checkpoints: string;
  readonly options: TrainOptions;
  readonly state: TrainingState;
}

async function freshState(
  config: TrainConfig,
  layout: ParameterLayout,
  init: Checkpoint | undefined,
): Promise<TrainingState> {
  const values = init === undefined ? initialValues(layout, config.seed) : await valuesOfCheckpoint(init, layout);
  return { values, optimizer: adamwState(layout), step: 0 };
}

/** @param first the step at which the stage began */
async function trainStage(stage: TrainStage, number: number, first: number, context: TrainContext): Promise<void> {
  const { config, network, layout, checkpoints, options, state } = context;
  const { signal, device = "cpu", threads } = options;
  const grids = stageGrids(stage, network, stage.pairs);
  const model = gradientModel(pairGraph(network, grids, trainingCriterion(config.alpha)));
  // Training repeats one shape: the arena costs memory and saves a tenth of the time.
  const session = await openSession(model.bytes, { device, threads, arena: true });
  const optimizer = await openOptimizer(config.optimizer, layout, { threads });
  const validation = await openValidation(config, stage, { network, layout });
  const settings = stageBatches(config, number);
  using loader = openBatchLoader(settings, (state.step - first) * stage.accumulate, config.data.workers);

  const gradientSum = new Float32Array(layout.length);
  const schedule = stageSchedule(stage);
  const started = performance.now();
  const resumedAt = state.step;
  let saved = started;
  let lastSaved = "none yet";
  const save = async () => {
    lastSaved = await saveTrainingState(checkpoints, state, { layout, network, config });
    saved = performance.now();
    options.onCheckpoint?.(lastSaved);
  };
  try {
    while (state.step < first + stage.steps) {
      if (signal?.aborted) {
        await save();
        throw signal.reason;
      }
      gradientSum.fill(0);
      let loss = 0;
      for (let part = 0; part < stage.accumulate; part++) {
        const values = await addGradient(session, await loader.next(), { layout, values: state.values, gradientSum });
        loss += values.loss / stage.accumulate;
      }
      for (let i = 0; i < gradientSum.length; i++) gradientSum[i]! /= stage.accumulate;
      const gradientNorm = clipGradient(gradientSum, config.clip);
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
        throw new InputError(
          `the loss became ${loss} at step ${state.step} (stage ${number}, seed ${settings.seed}); ` +
            `last good checkpoint: ${lastSaved}. Go on from there with a lower learning rate.`,
        );
      }
      const rate = learningRate(state.step - first, schedule);
      const { weightDecay } = config;
      await optimizer.step(state.values, gradientSum, state.optimizer, { learningRate: rate, weightDecay });
      state.step++;
      const seconds = (performance.now() - started) / 1000;
      const done = state.step - resumedAt;
      options.onStep?.({
        step: state.step,
        stage: number,
        loss,
        gradientNorm,
        learningRate: rate,
        pairsPerSecond: (done * stage.accumulate * stage.pairs * 2) / seconds,
        waiting: loader.waited / seconds,
        secondsLeft: (seconds / done) * (first + stage.steps - state.step),
      });
      const last = state.step === first + stage.steps;
      if (last || state.step % config.validation.everySteps === 0) {
        options.onValidation?.(state.step, await validation.validate(state.values));
      }
      if (last || performance.now() - saved > 60_000 * config.checkpointMinutes) await save();
    }
  } finally {
    await Promise.all([session.dispose(), optimizer.dispose(), validation.dispose()]);
  }
}
