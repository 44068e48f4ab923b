import { appendText, joinPath, readText, writeText } from "#platform";
import type { Example, ValidationResult } from "../training/objectives/validation.ts";
import { appendEntry, parseTrainHistory } from "../training/report/train-history.ts";
import { encodeTrainReport } from "../training/report/train-report.ts";
import type { StepReport, TrainOptions } from "../training/run/training-run.ts";
import { printLine } from "./printable.ts";

/** How often a step is logged and shown. */
const LOG_INTERVAL_MS = 5000;
/** A line per five seconds is a hundred megabytes in three weeks. */
const MOST_LOG_BYTES = 2 ** 29;

/** A run as it is watched: lines of progress on stderr, and `train.jsonl` and `report.html` in its folder. */
export interface TrainLog {
  readonly listeners: Required<Pick<TrainOptions, "onNote" | "onStep" | "onValidation" | "onCheckpoint">>;
  /** Brings the report up to date, also after an interruption, and waits until all is written; what could not be is told. */
  close(): Promise<void>;
}

/** Begins the log of a run, or goes on with it. */
export async function openTrainLog(config: object, folder: string, quiet: boolean): Promise<TrainLog> {
  const path = joinPath(folder, "train.jsonl");
  const history = parseTrainHistory((await readText(path, MOST_LOG_BYTES)) ?? "");
  let written: Promise<void> = Promise.resolve();
  let problem: Error | undefined;
  // A log that cannot be written is no reason to lose training.
  const queue = (work: () => Promise<void>) => {
    written = written.then(work).catch((error: Error) => {
      problem = error;
    });
  };
  const write = (entry: object) => {
    appendEntry(history, entry);
    const line = `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`;
    queue(() => appendText(path, line));
  };
  const say = (text: string) => {
    if (!quiet) printLine(text);
  };
  write({ config });
  say(JSON.stringify(config));
  let logged = Number.NEGATIVE_INFINITY;
  let latest: readonly Example[] | undefined;
  const report = () => {
    if (latest === undefined) return;
    const page = encodeTrainReport({ config, history, examples: latest, written: new Date() });
    queue(() => writeText(joinPath(folder, "report.html"), page));
  };
  return {
    listeners: {
      onNote(note) {
        write({ note });
        say(note);
      },
      onStep(step) {
        if (performance.now() - logged < LOG_INTERVAL_MS) return;
        logged = performance.now();
        write(step);
        say(stepLine(step));
      },
      onValidation({ step, result, examples }) {
        write({ step, validation: result });
        say(validationLine(step, result));
        latest = examples;
        report();
      },
      onCheckpoint: (checkpoint) => say(`checkpoint: ${checkpoint}`),
    },
    async close() {
      report();
      await written;
      if (problem !== undefined) say(`the log is incomplete: ${problem.message}`);
    },
  };
}

function stepLine({ step, loss, gradientNorm, pairsPerSecond, waiting, secondsLeft }: StepReport): string {
  const left = new Date(1000 * secondsLeft).toISOString().slice(11, 19);
  const days = Math.floor(secondsLeft / 86_400);
  return (
    `step ${step}  loss ${loss.toFixed(4)}  |g| ${gradientNorm.toFixed(2)}  ${pairsPerSecond.toFixed(0)} pairs/s  ` +
    `waiting ${(100 * waiting).toFixed(0)} %  ${days > 0 ? `${days} d ` : ""}${left} left in this stage`
  );
}

function validationLine(step: number, result: ValidationResult): string {
  const figures = Object.entries(result).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  return `validation at step ${step}: ${figures.join("  ")}`;
}
