import { Command } from "commander";
import { DEFAULT_FRAMES } from "../../images/video/choose-frames.ts";
import { withClusterOptions } from "../cluster-options.ts";
import type { ReconstructFlags } from "../reconstruct-to-folder.ts";
import { runAction } from "../run-action.ts";
import { withDenseOptions, withRefineOptions, withSceneOptions } from "../scene-options.ts";
import { PAIRS_HELP, positiveInteger, RESUME_HINT, withPhotoOptions } from "../shared-options.ts";

/** `dust3r reconstruct`: the main job. */
export function reconstructCommand(): Command {
  const command = new Command("reconstruct")
    .description("photos to a dense 3D scene: points, cameras, depth maps and a viewer page")
    .argument("<photos...>", "photos, folders of photos and videos, in any order; one photo alone works too")
    .requiredOption("-o, --output <folder>", "where to write the scene")
    .option(
      "--frames <n>",
      `most frames of a video, the sharpest at equal steps of the camera (default: ${DEFAULT_FRAMES}); needs ffmpeg`,
      positiveInteger,
    );
  const withScene = withDenseOptions(withRefineOptions(withSceneOptions(command)));
  return withClusterOptions(withPhotoOptions(withScene, PAIRS_HELP)).action(
    (photos: string[], flags: ReconstructFlags) =>
      runAction(async (signal) => {
        const { reconstructToFolder } = await import("../reconstruct-to-folder.ts");
        await reconstructToFolder(photos, flags, signal);
      }, RESUME_HINT),
  );
}
