import { joinPath } from "#platform";
import { someOf } from "../core/some-of.ts";
import type { WrittenSceneFolder } from "../pipeline/scene-folder.ts";
import type { OutputFlags } from "./shared-options.ts";
import { printOut } from "./standard-output.ts";
import type { TerminalRun } from "./terminal.ts";

/** What of a written scene is printed. */
interface PrintedScene extends Pick<WrittenSceneFolder, "files" | "warnings" | "sceneJson"> {
  readonly removed?: WrittenSceneFolder["removed"] | undefined;
}

/** Prints what became of a scene: warnings on stderr; `scene.json`, or a sentence for people, on stdout. */
export async function printScene(
  output: string,
  { files, removed = [], warnings, sceneJson }: PrintedScene,
  { flags, logger, stopProgress }: { readonly flags: OutputFlags } & Pick<TerminalRun, "logger" | "stopProgress">,
): Promise<void> {
  stopProgress();
  for (const warning of warnings) logger.warn(warning);
  if (removed.length > 0) logger.info(`removed what an earlier run wrote and this one does not: ${someOf(removed)}`);
  if (flags.json) await printOut(JSON.stringify(sceneJson, null, 1));
  else if (!flags.quiet) {
    const registered = sceneJson.images.filter((image) => image.registered).length;
    const refined = sceneJson.images.filter((image) => image.pose_source === "refined").length;
    const how =
      sceneJson.refinement && ` (${refined} with cameras refined on ${sceneJson.refinement.points} feature points)`;
    await printOut(
      `${registered} of ${sceneJson.images.length} photos registered${how ?? ""}; wrote ${files.length} files to ${output}` +
        (files.includes("index.html") ? `\nopen ${joinPath(output, "index.html")} in a browser` : ""),
    );
  }
}
