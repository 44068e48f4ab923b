import { joinPath } from "#platform";
import { InputError } from "../../core/errors.ts";
import type { RunOptions } from "../../core/progress.ts";
import type { TensorValues } from "../../runtime/device.ts";
import type { Checkpoint } from "../../weights/checkpoint.ts";
import { type BatchLoader, openBatchLoader } from "../batches/batch-loader.ts";
import { startingValues } from "../initialization/starting-values.ts";
import type { LossValues } from "../loss/evaluate-loss.ts";
import { gradientModel } from "../loss/training-graph.ts";
import type { Objective } from "../objectives/objective.ts";
import type { Example, ValidationResult } from "../objectives/validation.ts";
import { adamwState, clipGradient } from "../optimizer/adamw.ts";
import { openOptimizer } from "../optimizer/open-optimizer.ts";
import { type ParameterLayout, parameterLayout } from "../optimizer/parameter-layout.ts";
import { learningRate, stageSchedule } from "../optimizer/schedule.ts";
import { type GradientPool, type GradientPoolOptions, type GradientTarget, openGradientPool } from "./gradient-pool.ts";
import { watchLoss } from "./loss-watch.ts";
import { latestTrainingState, saveTrainingState, type TrainingState } from "./training-checkpoint.ts";

/** One optimizer step, as it is logged. */
export interface StepReport {
  readonly step: number;
  readonly stage: number;
  readonly loss: number;
  /** What the loss is made of, by the objective's names, before weighting. */
  readonly details: Readonly<Record<string, number>>;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Ordered pairs per second since the run began or went on. */
  readonly pairsPerSecond: number;
  /** Share of the time spent waiting for batches. */
  readonly waiting: number;
  /** Seconds left at this pace. */
  readonly secondsLeft: number;
}

/** A validation before the first step, or after another. */
export interface ValidationReport {
  readonly step: number;
  readonly result: ValidationResult;
  readonly examples: readonly Example[];
}

export interface TrainOptions extends Pick<RunOptions, "signal">, GradientPoolOptions {
  /** Receives `checkpoints/`. */
  readonly output: string;
  /** Weights to start a new run from; drawn at random when left out. */
  readonly init?: Checkpoint | undefined;
  /** Go on although the configuration has changed. */
  readonly changedConfig?: boolean | undefined;
  /** What the run starts from, what was done to make `init` fit, and what of the data cannot be used. */
  readonly onNote?: (note: string) => void;
  readonly onStep?: (report: StepReport) => void;
  readonly onValidation?: (report: ValidationReport) => void | Promise<void>;
  readonly onCheckpoint?: (folder: string) => void;
}

interface RunContext {
  readonly objective: Objective;
  readonly layout: ParameterLayout;
  readonly options: TrainOptions;
  readonly state: TrainingState;
  readonly checkpoints: CheckpointKeeper;
}

/** Trains through all stages, from the newest checkpoint if there is one. */
export async function runTraining(objective: Objective, options: TrainOptions): Promise<void> {
  const layout = parameterLayout(objective.shapes);
  const folder = joinPath(options.output, "checkpoints");
  const saved = await latestTrainingState(folder, layout, objective, options.changedConfig ?? false);
  if (saved !== undefined) options.onNote?.(`going on from ${saved.folder}`);
  const state = saved?.state ?? (await freshState(objective, layout, options));
  const checkpoints = checkpointKeeper(state, saved?.folder, async () => {
    const written = await saveTrainingState(folder, state, layout, objective);
    options.onCheckpoint?.(written);
    return written;
  });
  let first = 0;
  for (const [number, stage] of objective.config.stages.entries()) {
    const end = first + stage.steps;
    if (state.step < end) await runStage(number, first, { objective, layout, options, state, checkpoints });
    first = end;
  }
}

async function freshState(
  { network, config }: Objective,
  layout: ParameterLayout,
  { init, onNote }: TrainOptions,
): Promise<TrainingState> {
  const { values, notes } = await startingValues({ network, layout, seed: config.seed, init });
  for (const note of notes) onNote?.(note);
  return { values, optimizer: adamwState(layout), step: 0 };
}

/** When checkpoints are written, and which one was the last. */
interface CheckpointKeeper {
  /** Its folder. */
  readonly last: string;
  /** Milliseconds since then. */
  readonly age: number;
  /** Writes one, unless no step was taken since the last. */
  save(): Promise<void>;
}

function checkpointKeeper(
  state: TrainingState,
  resumed: string | undefined,
  write: () => Promise<string>,
): CheckpointKeeper {
  let last = resumed ?? "none yet";
  let savedAt = performance.now();
  let savedStep = state.step;
  return {
    get last() {
      return last;
    },
    get age() {
      return performance.now() - savedAt;
    },
    async save() {
      if (state.step === savedStep) return;
      last = await write();
      savedAt = performance.now();
      savedStep = state.step;
    },
  };
}

/** @param first the step at which the stage began */
async function runStage(number: number, first: number, context: RunContext): Promise<void> {
  const { objective, layout, options, state, checkpoints } = context;
  const { config } = objective;
  const stage = config.stages[number]!;
  const end = first + stage.steps;
  await using gradients = await openGradientPool(objective.graphs(number).map(gradientModel), options);
  await using optimizer = await openOptimizer(config.optimizer, layout, options);
  await using validation = await objective.openValidation(number);
  const settings = objective.batches(number);
  using loader = openBatchLoader(settings, {
    first: (state.step - first) * stage.accumulate,
    workers: config.data.workers,
    onNote: options.onNote,
  });
  const into = { layout, values: state.values, gradientSum: new Float32Array(layout.length) };
  const watch = watchLoss();
  const look = async (): Promise<void> => {
    const result = await validation.validate(state.values);
    const examples = await validation.examples(state.values);
    await options.onValidation?.({ step: state.step, result, examples });
  };
  if (state.step === 0) await look();
  const pace = startPace(stage.accumulate * stage.pairs * objective.directions, state.step, loader);
  while (state.step < end) {
    if (options.signal?.aborted) {
      await checkpoints.save();
      throw options.signal.reason;
    }
    // Should a loader or an engine die, what was learned so far is kept.
    const { loss, ...details } = await averageGradient(stage.accumulate, gradients, into, loader).catch(
      async (error: unknown) => {
        await checkpoints.save();
        throw error;
      },
    );
    const gradientNorm = clipGradient(into.gradientSum, config.clip);
    const trend = Number.isFinite(loss + gradientNorm) ? watch(loss) : "exploded";
    if (trend === "exploded") {
      const batch = (state.step - first) * stage.accumulate;
      const culprit = `stage ${number}, seed ${settings.seed}, batches ${batch} to ${batch + stage.accumulate - 1}`;
      throw explosion(loss, state.step, culprit, checkpoints.last);
    }
    const rate = learningRate(state.step - first, stageSchedule(stage));
    const { weightDecay } = config;
    await optimizer.step(state.values, into.gradientSum, state.optimizer, { learningRate: rate, weightDecay });
    state.step++;
    options.onStep?.({ ...pace(state.step, end), stage: number, loss, details, gradientNorm, learningRate: rate });
    const last = state.step === end;
    if (last || state.step % config.validation.everySteps === 0) await look();
    // A state that may have diverged never replaces a good one.
    const due = checkpoints.age > 60_000 * config.checkpointMinutes && trend === "steady";
    if (last || due) await checkpoints.save();
  }
}

function explosion(loss: number, step: number, culprit: string, lastGood: string): InputError {
  return new InputError(
    `the loss ${Number.isFinite(loss) ? "exploded to" : "became"} ${loss} at step ${step} (${culprit}); ` +
      `last good checkpoint: ${lastGood}. Go on from there with a lower learning rate.`,
  );
}

/** The mean gradient of `count` batches, in place of what was in `gradientSum`; gives their mean losses. */
async function averageGradient(
  count: number,
  gradients: GradientPool,
  into: GradientTarget,
  loader: BatchLoader,
): Promise<LossValues> {
  const { gradientSum } = into;
  gradientSum.fill(0);
  const means: Record<string, number> & { loss: number } = { loss: 0 };
  for (let done = 0; done < count; ) {
    const batches: TensorValues[] = [];
    while (batches.length < Math.min(gradients.width, count - done)) batches.push(await loader.next());
    for (const values of await gradients.add(batches, into)) {
      for (const [name, value] of Object.entries(values)) means[name] = (means[name] ?? 0) + value / count;
    }
    done += batches.length;
  }
  for (let i = 0; i < gradientSum.length; i++) gradientSum[i]! /= count;
  return means;
}

type Pace = Pick<StepReport, "step" | "pairsPerSecond" | "waiting" | "secondsLeft">;

function startPace(pairsPerStep: number, from: number, loader: BatchLoader): (step: number, end: number) => Pace {
  const started = performance.now();
  return (step, end) => {
    const seconds = (performance.now() - started) / 1000;
    const done = step - from;
    return {
      step,
      pairsPerSecond: (done * pairsPerStep) / seconds,
      waiting: loader.waited / seconds,
      secondsLeft: (seconds / done) * (end - step),
    };
  };
}
