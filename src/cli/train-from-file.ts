import { appendText, joinPath, readText } from "#platform";
import { InputError } from "../core/errors.ts";
import { type StepReport, train } from "../training/train.ts";
import { parseTrainConfig, type TrainConfig } from "../training/train-config.ts";
import type { ValidationResult } from "../training/validation.ts";
import { resolveModel } from "../weights/resolve-model.ts";
import type { TrainFlags } from "./commands/train.ts";

/** How often a step is logged and shown. */
const LOG_INTERVAL_MS = 5000;

/** Trains as a configuration file says, with a line of progress on stderr and a JSON-lines log in the output folder. */
export async function trainFromFile(path: string, flags: TrainFlags, signal: AbortSignal): Promise<void> {
  const config = await readTrainConfig(path);
  const init = flags.init === undefined ? undefined : await resolveModel(flags.init);
  const log = joinPath(flags.output, "train.jsonl");
  let written: Promise<void> = Promise.resolve();
  const write = (entry: object) => {
    const line = `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`;
    written = written.then(() => appendText(log, line));
    // Told below, when the run ends; a log that cannot be written is no reason to lose training.
    written.catch(() => {});
  };
  const say = (text: string) => {
    if (!flags.quiet) process.stderr.write(`${text}\n`);
  };
  write({ config });
  say(JSON.stringify(config));
  let logged = 0;
  await train(config, {
    output: flags.output,
    init,
    threads: flags.threads,
    changedConfig: flags.changedConfig,
    signal,
    onStep(report) {
      if (performance.now() - logged < LOG_INTERVAL_MS) return;
      logged = performance.now();
      write(report);
      say(stepLine(report));
    },
    onValidation(step, result) {
      write({ step, validation: result });
      say(validationLine(step, result));
    },
    onCheckpoint: (folder) => say(`checkpoint: ${folder}`),
  });
  await written;
}

/** The configuration in a JSON file. */
export async function readTrainConfig(path: string): Promise<TrainConfig> {
  return parseTrainConfig(path, await readJson(path));
}

async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  if (text === undefined) throw new InputError(`${path}: there is no such file; a JSON configuration is expected`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(`${path}: not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

function stepLine({ step, loss, gradientNorm, pairsPerSecond, waiting, secondsLeft }: StepReport): string {
  const left = new Date(1000 * secondsLeft).toISOString().slice(11, 19);
  const days = Math.floor(secondsLeft / 86_400);
  return (
    `step ${step}  loss ${loss.toFixed(4)}  |g| ${gradientNorm.toFixed(2)}  ${pairsPerSecond.toFixed(0)} pairs/s  ` +
    `waiting ${(100 * waiting).toFixed(0)} %  ${days > 0 ? `${days} d ` : ""}${left} left in this stage`
  );
}

function validationLine(step: number, { loss, regression, gain }: ValidationResult): string {
  return `validation at step ${step}: loss ${loss.toFixed(4)}  regression ${regression.toFixed(4)}  gain ${gain.toFixed(4)}`;
}
