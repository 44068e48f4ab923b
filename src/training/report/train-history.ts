import { parseJson } from "../../formats/parse-json.ts";
import type { ValidationResult } from "../objectives/validation.ts";
import type { StepReport } from "../run/training-run.ts";

/** What a run has logged so far. */
export interface TrainHistory {
  readonly steps: StepReport[];
  readonly validations: { readonly step: number; readonly validation: ValidationResult }[];
}

/**
 * Reads `train.jsonl`. Where a run went on from an older checkpoint, what came after that one is forgotten, as it was
 * computed again. A last line that was cut off counts for nothing.
 */
export function parseTrainHistory(log: string): TrainHistory {
  const history: TrainHistory = { steps: [], validations: [] };
  for (const line of log.split("\n")) {
    const entry = parseLine(line);
    if (entry !== undefined) appendEntry(history, entry);
  }
  return history;
}

/** Adds one entry of the log; those of other kinds are passed over. */
export function appendEntry({ steps, validations }: TrainHistory, entry: object): void {
  if ("validation" in entry) append(validations, entry as TrainHistory["validations"][number]);
  else if ("loss" in entry) append(steps, entry as StepReport);
}

function append<T extends { readonly step: number }>(entries: T[], entry: T): void {
  while (entries.length > 0 && entries.at(-1)!.step >= entry.step) entries.pop();
  entries.push(entry);
}

function parseLine(line: string): object | undefined {
  try {
    const value: unknown = parseJson(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
