import { Command, InvalidArgumentError } from "commander";
import { DEPTH_FORMATS, type DepthFormat } from "../../pipeline/depth-formats.ts";
import type { DepthFlags } from "../depth-to-folder.ts";
import { runAction } from "../run-action.ts";
import { withDenseOptions } from "../scene-options.ts";
import { finiteNumber, PAIRS_HELP, RESUME_HINT, withExifOption, withPhotoOptions } from "../shared-options.ts";

/** `dust3r depth`: depth maps at the photos' own resolution. */
export function depthCommand(): Command {
  const command = new Command("depth")
    .description("a depth map for every photo, at its own resolution; those of several photos have one scale")
    .argument("<photos...>", "photos and folders of photos; a photo alone works too")
    .requiredOption("-o, --output <folder>", "where to write depth/NAME.png and depth/NAME.json")
    .option("--format <kinds>", `comma-separated: ${DEPTH_FORMATS.join(",")}`, parseFormats, DEPTH_FORMATS.slice(0, 1))
    .option("--seed <n>", "equal seeds give equal results", finiteNumber, 0);
  return withPhotoOptions(withDenseOptions(withExifOption(command)), PAIRS_HELP).action(
    (photos: string[], flags: DepthFlags) =>
      runAction(async (signal) => {
        const { depthToFolder } = await import("../depth-to-folder.ts");
        await depthToFolder(photos, flags, signal);
      }, RESUME_HINT),
  );
}

function parseFormats(text: string): DepthFormat[] {
  return text.split(",").map((format) => {
    if ((DEPTH_FORMATS as readonly string[]).includes(format)) return format as DepthFormat;
    throw new InvalidArgumentError(`"${format}" is none of ${DEPTH_FORMATS.join(", ")}.`);
  });
}
