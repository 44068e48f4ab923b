import { Command, Option } from "commander";
import { runAction } from "../run-action.ts";
import {
  type NetworkFlags,
  type OutputFlags,
  PAIRS_HELP,
  positiveInteger,
  RESUME_HINT,
  withNetworkOptions,
  withOutputOptions,
} from "../shared-options.ts";

/** What the command line says of raw inference. */
export interface InferFlags extends NetworkFlags, OutputFlags {
  readonly output: string;
  readonly size?: number;
  readonly fit?: "keep" | "reference";
  readonly pairs: string;
  readonly half?: boolean;
  readonly resume: boolean;
}

/** `dust3r infer`: the network's raw answers, for researchers. */
export function inferCommand(): Command {
  const command = new Command("infer")
    .description("raw network outputs for every ordered pair, as safetensors")
    .argument("<photos...>", "photos and folders of photos")
    .requiredOption("-o, --output <file>", "the .safetensors file to write")
    .option("--size <pixels>", "long side the network sees (default: what the model was trained with)", positiveInteger)
    .addOption(new Option("--fit <how>", "how photos are brought to that size").choices(["keep", "reference"]))
    .option("--pairs <graph>", `one (the ordered pair 0-1 alone) | ${PAIRS_HELP}`, "complete")
    .option("--half", "store pointmaps and confidences in half precision")
    .option("--no-resume", "do not re-use what an interrupted run of the same photos finished");
  return withOutputOptions(withNetworkOptions(command)).action((photos: string[], flags: InferFlags) =>
    runAction(async (signal) => {
      const { inferToFile } = await import("../infer-to-file.ts");
      await inferToFile(photos, flags, signal);
    }, RESUME_HINT),
  );
}
