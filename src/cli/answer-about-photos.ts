import { InputError } from "../core/errors.ts";
import { findPhotos } from "../images/find-photos.ts";
import { type PredictedPairs, predictPairs } from "../pipeline/predict-pairs.ts";
import { printOut } from "./printable.ts";
import { networkOptions, type ViewFlags } from "./shared-options.ts";
import { terminalLogger } from "./terminal-logger.ts";
import { terminalProgress } from "./terminal-progress.ts";

/** What a command says in the end. */
export interface Answer {
  /** For `--json`. */
  readonly json: unknown;
  /** For people. */
  readonly text: string;
  /** What speaks against the answer, one sentence each. */
  readonly warnings: readonly string[];
}

/** What a command about a few photos is asked. */
export interface Question {
  readonly photos: readonly string[];
  readonly flags: ViewFlags;
  /** How many photos the command takes, as a sentence for when there are more or fewer. */
  readonly takes: { readonly counts: readonly number[]; readonly text: string };
  /** Gets the files too, in the order of the views. */
  readonly answer: (predicted: PredictedPairs, files: readonly string[]) => Answer | Promise<Answer>;
}

/** Shows photos to the network and prints what `answer` makes of it: progress and warnings on stderr, the rest on stdout. */
export async function answerAboutPhotos(question: Question, signal: AbortSignal): Promise<void> {
  const { flags, takes, answer } = question;
  const { json = false, quiet = false } = flags;
  const photos = await findPhotos(question.photos);
  if (!takes.counts.includes(photos.length)) {
    throw new InputError(`${takes.text}; found ${photos.length} (the same file counts once)`);
  }
  const progress = terminalProgress(quiet);
  const logger = terminalLogger(progress, quiet);
  try {
    const { onProgress } = progress;
    const options = { ...networkOptions(flags), logger, onProgress, signal };
    const { json: result, text, warnings } = await answer(await predictPairs(photos, options), photos);
    progress.stop();
    for (const warning of warnings) logger.warn(warning);
    await printOut(json ? JSON.stringify(result) : text);
  } finally {
    progress.stop();
  }
}
