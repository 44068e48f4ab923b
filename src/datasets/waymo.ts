import { joinPath } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { openNpz } from "../formats/npz.ts";
import type { Dataset, Split } from "./dataset.ts";
import { PairList } from "./listed-dataset.ts";
import { readPhotoExrCamera } from "./photo-exr-camera.ts";
import { readList } from "./read-list.ts";
import { textsOf } from "./texts-of.ts";

/** The published list: scenes (drives), frames, and rows of numbers into both. */
export const WAYMO_LIST = "waymo_pairs.npz";

/**
 * Waymo (Sun et al. 2020) as `prepareWaymo` leaves it, and as it is prepared for training in PyTorch: `DRIVE/FRAME_CAMERA.jpg`
 * with `.exr` (sparse, from lidar) and `.npz` beside, and the list of pairs.
 */
export async function openWaymo(folder: string, split: Split): Promise<Dataset> {
  if (split !== "train")
    throw new InputError(`${folder}: Waymo's pairs are for training alone; they have no validation split`);
  const list = joinPath(folder, WAYMO_LIST);
  const npz = await openNpz(
    await readList(list, "the published list of pairs, or `dust3r data prepare waymo`, makes it"),
    list,
  );
  const scenes = textsOf(npz.read("scenes"), list);
  const frames = textsOf(npz.read("frames"), list);
  const { rows, columns } = npz.readTable("pairs", ["scene", "first", "second"]);
  const [scene, first, second] = [...columns.values()];
  const pairs = new PairList();
  for (let row = 0; row < rows; row++) {
    const [drive, a, b] = [scenes[Number(scene?.[row])], frames[Number(first?.[row])], frames[Number(second?.[row])]];
    if (drive === undefined || a === undefined || b === undefined) {
      throw new FormatError(list, `pair ${row} is of scenes or frames that it does not list`);
    }
    pairs.add(`${drive}/${a}`, `${drive}/${b}`);
  }
  return pairs.dataset({ name: "waymo", list, read: (key) => readPhotoExrCamera(joinPath(folder, key)) });
}
