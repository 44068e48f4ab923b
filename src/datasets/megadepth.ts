import { joinPath } from "#platform";
import { FormatError } from "../core/errors.ts";
import { openNpz } from "../formats/npz.ts";
import type { Dataset, Split } from "./dataset.ts";
import { PairList } from "./listed-dataset.ts";
import { readPhotoExrCamera } from "./photo-exr-camera.ts";
import { readList } from "./read-list.ts";
import { textsOf } from "./texts-of.ts";

/** The published list: scenes such as `0000 0` (scene, and model of it), images, and rows of numbers into both. */
export const MEGADEPTH_LIST = "megadepth_pairs.npz";
/** What is kept from training. */
const VALIDATION_SCENES: ReadonlySet<string> = new Set(["0015", "0022"]);

/** A pair of photos of one scene. */
export interface MegaDepthPair {
  /** As a folder: `0000/0`. */
  readonly scene: string;
  readonly first: string;
  readonly second: string;
}

/**
 * MegaDepth (Li and Snavely 2018) as `prepareMegaDepth` leaves it, and as it is prepared for training in PyTorch:
 * `SCENE/MODEL/IMAGE.jpg` with `.exr` and `.npz` beside, and the list of pairs.
 */
export async function openMegaDepth(folder: string, split: Split): Promise<Dataset> {
  const list = joinPath(folder, MEGADEPTH_LIST);
  const pairs = new PairList();
  for (const { scene, first, second } of await readMegaDepthPairs(list)) {
    if (VALIDATION_SCENES.has(scene.split("/")[0]!) === (split === "validation")) {
      pairs.add(`${scene}/${first}`, `${scene}/${second}`);
    }
  }
  return pairs.dataset({ name: "megadepth", list, read: (stem) => readPhotoExrCamera(joinPath(folder, stem)) });
}

/** The pairs of the published list. */
export async function readMegaDepthPairs(path: string): Promise<readonly MegaDepthPair[]> {
  const npz = await openNpz(await readList(path, "the published list of pairs is expected there"), path);
  const scenes = textsOf(npz.read("scenes"), path).map((scene) => scene.trim().replaceAll(" ", "/"));
  const images = textsOf(npz.read("images"), path);
  const { rows, columns } = npz.readTable("pairs", ["scene_id", "im1_id", "im2_id"]);
  const [scene, first, second] = [...columns.values()];
  return Array.from({ length: rows }, (_, row) => {
    const pair = {
      scene: scenes[Number(scene?.[row])],
      first: images[Number(first?.[row])],
      second: images[Number(second?.[row])],
    };
    if (pair.scene === undefined || pair.first === undefined || pair.second === undefined) {
      throw new FormatError(path, `pair ${row} is of scenes or images that it does not list`);
    }
    return pair as MegaDepthPair;
  });
}
