import { Command } from "commander";
import type { InferFlags } from "../infer-to-file.ts";
import { runAction } from "../run-action.ts";
import { PAIRS_HELP, RESUME_HINT, withPhotoOptions } from "../shared-options.ts";

/** `dust3r infer`: the network's raw answers, for researchers. */
export function inferCommand(): Command {
  const command = new Command("infer")
    .description("raw network outputs for every ordered pair, as safetensors")
    .argument("<photos...>", "photos and folders of photos")
    .requiredOption("-o, --output <file>", "the .safetensors file to write")
    .option("--half", "store pointmaps and confidences in half precision");
  return withPhotoOptions(command, `one (the ordered pair 0-1 alone) | ${PAIRS_HELP}`).action(
    (photos: string[], flags: InferFlags) =>
      runAction(async (signal) => {
        const { inferToFile } = await import("../infer-to-file.ts");
        await inferToFile(photos, flags, signal);
      }, RESUME_HINT),
  );
}
