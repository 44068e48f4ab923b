import { Command, Option } from "commander";
import { RELATIVE_POSE_METHODS } from "../../tasks/relative-pose-methods.ts";
import type { PoseFlags } from "../print-relative-pose.ts";
import { runAction } from "../run-action.ts";
import { withRefineOptions } from "../scene-options.ts";
import { finiteNumber, withExifOption, withViewOptions } from "../shared-options.ts";

/** `dust3r pose`: how two cameras stand to each other. */
export function poseCommand(): Command {
  const command = new Command("pose")
    .description("relative pose of two photos: x2 = R x1 + t, with t of length 1")
    .argument("<photos...>", "two photos, or a folder of two")
    .addOption(
      new Option("--method <method>", "how the network's own pose is found")
        .choices(RELATIVE_POSE_METHODS)
        .default(RELATIVE_POSE_METHODS[0]),
    )
    .option("--seed <n>", "equal seeds give equal results", finiteNumber, 0);
  return withViewOptions(withExifOption(withRefineOptions(command))).action((photos: string[], flags: PoseFlags) =>
    runAction(async (signal) => {
      const { printRelativePose } = await import("../print-relative-pose.ts");
      await printRelativePose(photos, flags, signal);
    }),
  );
}
