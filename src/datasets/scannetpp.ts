import { InputError } from "../core/errors.ts";
import type { Dataset, Split } from "./dataset.ts";
import { openMetadataSet } from "./metadata-set.ts";

/**
 * ScanNet++ (Yeshwanth et al. 2023) as `prepareScanNetpp` leaves it, and as it is prepared for training in PyTorch:
 * `all_metadata.npz`, and `SCENE/images/….jpg`, `SCENE/depth/….png`.
 */
export async function openScanNetpp(folder: string, split: Split): Promise<Dataset> {
  if (split !== "train") throw new InputError(`${folder}: ScanNet++ has no validation split among its training data`);
  return openMetadataSet(folder, {
    name: "scannetpp",
    photos: "images",
    depths: "depth",
    advice: "`dust3r data prepare scannetpp` makes it from the release",
  });
}
