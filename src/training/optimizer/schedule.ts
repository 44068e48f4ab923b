import type { TrainStage } from "../config/run-config.ts";

/** A learning rate schedule, counted in optimizer steps. */
export interface ScheduleOptions {
  /** The peak rate, at the end of the warm-up. */
  readonly peak: number;
  /** The rate at the end. */
  readonly final: number;
  readonly warmup: number;
  readonly total: number;
}

/** The learning rate at a step: linear warm-up from zero, then cosine decay. */
export function learningRate(step: number, { peak, final, warmup, total }: ScheduleOptions): number {
  if (step < warmup) return (peak * step) / warmup;
  const progress = Math.min((step - warmup) / Math.max(total - warmup, 1), 1);
  return final + (peak - final) * 0.5 * (1 + Math.cos(Math.PI * progress));
}

/** The learning rate schedule of a stage. */
export function stageSchedule({ learningRate, finalLearningRate, warmup, steps }: TrainStage): ScheduleOptions {
  return { peak: learningRate, final: finalLearningRate, warmup, total: steps };
}
