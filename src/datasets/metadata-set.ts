import { decodeImage, joinPath } from "#platform";
import { FormatError } from "../core/errors.ts";
import { parseCalibrationRows, parsePoseRows } from "../formats/camera-matrices.ts";
import type { NpyArray } from "../formats/npy.ts";
import { openNpz } from "../formats/npz.ts";
import { checkedView } from "./checked-view.ts";
import type { Dataset } from "./dataset.ts";
import { PairList } from "./listed-dataset.ts";
import { matrixRows } from "./read-camera.ts";
import { readPngDepth } from "./read-depth.ts";
import { readList } from "./read-list.ts";
import { textsOf } from "./texts-of.ts";

/** The file that lists all frames of a split with their cameras, and the pairs. */
export const METADATA = "all_metadata.npz";
/** Depth is stored in millimeters. */
export const MILLIMETER = 1e-3;

/** What sets in this form differ in: the folders, in each scene's, of photos and of depth. */
export interface MetadataSource {
  readonly name: string;
  readonly photos: string;
  readonly depths: string;
  readonly advice: string;
}

/**
 * A set whose `all_metadata.npz` holds `scenes` (names), and per frame `sceneids`, `images` (file names), `intrinsics` and
 * `trajectories` (world-from-camera poses), and `pairs`, rows of two frame numbers and perhaps a score.
 */
export async function openMetadataSet(
  folder: string,
  { name, photos, depths, advice }: MetadataSource,
): Promise<Dataset> {
  const list = joinPath(folder, METADATA);
  const npz = await openNpz(await readList(list, advice), list);
  const scenes = textsOf(npz.read("scenes"), list);
  const images = textsOf(npz.read("images"), list).map((image) => image.replace(/\.(png|jpe?g)$/i, ""));
  const sceneIds = npz.read("sceneids").data;
  const intrinsics = npz.read("intrinsics");
  const trajectories = npz.read("trajectories");
  const frames = new Map<string, number>();
  const keys = images.map((image, i) => {
    const scene = scenes[Number(sceneIds[i])];
    if (scene === undefined)
      throw new FormatError(list, `frame ${i} is of scene ${sceneIds[i]}, which it does not list`);
    frames.set(`${scene}/${image}`, i);
    return `${scene}/${image}`;
  });

  const pairs = new PairList();
  const { rows, columns } = npz.readTable("pairs", ["first", "second"]);
  const [firsts, seconds] = [...columns.values()];
  for (let row = 0; row < rows; row++) {
    const [first, second] = [keys[Number(firsts![row])], keys[Number(seconds?.[row])]];
    if (first === undefined || second === undefined) pairs.leaveOut("pairs of frames that are not listed");
    else if (first.split("/")[0] !== second.split("/")[0]) pairs.leaveOut("pairs of different scenes");
    else pairs.add(first, second);
  }
  return pairs.dataset({
    name,
    list,
    async read(key) {
      const [scene = "", image = ""] = key.split("/");
      const frame = frames.get(key)!;
      const where = `${list}, ${key}`;
      const camera = {
        intrinsics: parseCalibrationRows(calibrationRows(intrinsics, frame), where),
        worldFromCam: parsePoseRows(matrixRows(trajectories, frame), where),
      };
      const photo = joinPath(folder, scene, photos, `${image}.jpg`);
      const depth = await readPngDepth(joinPath(folder, scene, depths, `${image}.png`), MILLIMETER);
      return checkedView(await decodeImage(photo), depth, camera, photo);
    },
  });
}

/** A calibration matrix of a stack, or a row of width, height, fx, fy, cx and cy. */
function calibrationRows(intrinsics: NpyArray, frame: number): number[][] {
  if (intrinsics.shape.length === 3) return matrixRows(intrinsics, frame);
  const [, , fx, fy, cx, cy] = Array.from(intrinsics.data.slice(6 * frame, 6 * frame + 6), Number) as number[];
  return [
    [fx!, 0, cx!],
    [0, fy!, cy!],
    [0, 0, 1],
  ];
}
