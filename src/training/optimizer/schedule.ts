import type { TrainStage } from "../config/run-config.ts";

/** How the learning rate rises and falls, counted in optimizer steps. */
export interface ScheduleOptions {
  /** The highest rate, at the end of the warm-up. */
  readonly peak: number;
  /** The rate at the end. */
  readonly final: number;
  readonly warmup: number;
  readonly total: number;
}

/** Linear warm-up from zero, then half a cosine. */
export function learningRate(step: number, { peak, final, warmup, total }: ScheduleOptions): number {
  if (step < warmup) return (peak * step) / warmup;
  const progress = Math.min((step - warmup) / Math.max(total - warmup, 1), 1);
  return final + (peak - final) * 0.5 * (1 + Math.cos(Math.PI * progress));
}

/** How the learning rate moves during a stage. */
export function stageSchedule({ learningRate, finalLearningRate, warmup, steps }: TrainStage): ScheduleOptions {
  return { peak: learningRate, final: finalLearningRate, warmup, total: steps };
}
