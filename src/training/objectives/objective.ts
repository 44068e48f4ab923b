import type { NetworkConfig } from "../../network/config.ts";
import type { ParameterShapes } from "../../network/parameters.ts";
import type { BatchSettings } from "../batches/training-batches.ts";
import type { RunConfig } from "../config/run-config.ts";
import type { TrainingGraph } from "../loss/training-graph.ts";
import type { Validation } from "./validation.ts";

/** The objective of a run: a network, its batches, its loss, and its validation. */
export interface Objective {
  readonly config: RunConfig;
  readonly network: NetworkConfig;
  /** In how many directions a batch uses each of its pairs. */
  readonly directions: 1 | 2;
  /** All that is trained. */
  readonly shapes: ParameterShapes;
  /** Whether a recorded configuration says the same as this one. */
  isOwnConfig(recorded: unknown): boolean;
  /** What the batches of stage `number` are made of. */
  batches(number: number): BatchSettings;
  /** The loss of such batches, a graph for each of the stage's heights. */
  graphs(number: number): readonly TrainingGraph[];
  /** The fixed validation set at the largest resolution of stage `number`. */
  openValidation(number: number): Promise<Validation>;
}
