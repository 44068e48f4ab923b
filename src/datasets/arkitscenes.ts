import { joinPath } from "#platform";
import type { Dataset, Split } from "./dataset.ts";
import { openMetadataSet } from "./metadata-set.ts";

/**
 * ARKitScenes (Baruch et al. 2021) as `prepareArkitScenes` leaves it, and as it is prepared for training in PyTorch:
 * `Training` and `Test`, each with `all_metadata.npz` and `SCENE/vga_wide/….jpg`, `SCENE/lowres_depth/….png`.
 */
export function openArkitScenes(folder: string, split: Split): Promise<Dataset> {
  return openMetadataSet(arkitFolder(folder, split), {
    name: "arkitscenes",
    photos: "vga_wide",
    depths: "lowres_depth",
    advice: "`dust3r data prepare arkitscenes` makes it from the release",
  });
}

/** The release's name of a split. */
export function arkitFolder(folder: string, split: Split): string {
  return joinPath(folder, split === "train" ? "Training" : "Test");
}
