import { decodeImage, joinPath, listFolders, pathContent, readBytes, readText } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { parseMvsnetCamera, parseMvsnetPairs } from "../formats/mvsnet.ts";
import { decodeNpyTable } from "../formats/npy-table.ts";
import { decodePfm } from "../formats/pfm.ts";
import { invertRigid } from "../geometry/pose.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { checkedView, type DepthImage } from "./checked-view.ts";
import type { Dataset, Split } from "./dataset.ts";
import { PairList } from "./listed-dataset.ts";
import { readPhotoExrCamera } from "./photo-exr-camera.ts";

/** The published list of pairs; its records name a scene by two numbers. */
const LIST = "blendedmvs_pairs.npy";
const FIELDS = ["seq_high", "seq_low", "img1", "img2"];
/** Every tenth scene is kept from training. */
const VALIDATION_SHARE = 10n;

/**
 * BlendedMVS (Yao et al. 2020): as it is prepared for training in PyTorch (`SCENE/VIEW.jpg` with `.exr` and `.npz`), or as it
 * is released (`SCENE/blended_images`, `cams`, `rendered_depth_maps`). The published pairs, `blendedmvs_pairs.npy`, are
 * taken where they are there; a release without them gives those that its `cams/pair.txt` proposes.
 */
export async function openBlendedMvs(folder: string, split: Split): Promise<Dataset> {
  const list = joinPath(folder, LIST);
  const scenes = (await listFolders(folder)).filter((name) => /^[0-9a-f]{24}$/.test(name));
  const raw = (await pathContent(joinPath(folder, scenes[0] ?? "", "cams"))).kind === "folder";
  const pairs = new PairList();
  const listed = (await pathContent(list)).kind === "file";
  if (listed) addListedPairs(pairs, await readBytes(list), list, split);
  else if (raw) for (const scene of scenes) await addProposedPairs(pairs, folder, scene, split);
  else throw new InputError(`${list}: there is no such file, and no released scene (with a folder cams) beside it`);
  return pairs.dataset({
    name: "blendedmvs",
    list: listed ? list : joinPath(folder, "*", "cams", "pair.txt"),
    read: (key) => (raw ? readReleased(folder, key) : readPhotoExrCamera(joinPath(folder, key))),
  });
}

function addListedPairs(pairs: PairList, bytes: Uint8Array, list: string, split: Split): void {
  const { rows, columns } = decodeNpyTable(bytes, list, FIELDS);
  const [high, low, img1, img2] = FIELDS.map((name) => {
    const column = columns.get(name);
    if (column === undefined)
      throw new FormatError(list, `has no field ${name}, only ${[...columns.keys()].join(", ")}`);
    return column;
  });
  for (let row = 0; row < rows; row++) {
    const scene = hex(high![row]!, 8) + hex(low![row]!, 16);
    if (isValidation(scene) !== (split === "validation")) continue;
    pairs.add(`${scene}/${viewName(Number(img1![row]))}`, `${scene}/${viewName(Number(img2![row]))}`);
  }
}

async function addProposedPairs(pairs: PairList, folder: string, scene: string, split: Split): Promise<void> {
  if (isValidation(scene) !== (split === "validation")) return;
  const path = joinPath(folder, scene, "cams", "pair.txt");
  const text = await readText(path);
  if (text === undefined)
    throw new InputError(`${path}: there is no such file; the scene's views and their neighbors are expected`);
  const seen = new Set<string>();
  for (const { view, others } of parseMvsnetPairs(text, path)) {
    for (const { view: other } of others) {
      const key = [Math.min(view, other), Math.max(view, other)].join(" ");
      if (seen.has(key)) continue;
      seen.add(key);
      pairs.add(`${scene}/${viewName(view)}`, `${scene}/${viewName(other)}`);
    }
  }
}

async function readReleased(folder: string, key: string): Promise<RgbdView> {
  const [scene = "", view = ""] = key.split("/");
  const at = (...path: readonly string[]): string => joinPath(folder, scene, ...path);
  const cameraPath = at("cams", `${view}_cam.txt`);
  const text = await readText(cameraPath);
  if (text === undefined) throw new InputError(`${cameraPath}: there is no such file; the photo's camera is expected`);
  const { camFromWorld, intrinsics } = parseMvsnetCamera(text, cameraPath);
  const photo = at("blended_images", `${view}.jpg`);
  const depth = await readPfmDepth(at("rendered_depth_maps", `${view}.pfm`));
  return checkedView(await decodeImage(photo), depth, { intrinsics, worldFromCam: invertRigid(camFromWorld) }, photo);
}

async function readPfmDepth(path: string): Promise<DepthImage> {
  const { width, height, channels, data } = decodePfm(await readBytes(path), path);
  if (channels !== 1) throw new FormatError(path, "holds colors; one channel of depth is expected");
  return { width, height, depth: data };
}

function isValidation(scene: string): boolean {
  return BigInt(`0x${scene.slice(8)}`) % VALIDATION_SHARE === 0n;
}

function viewName(view: number): string {
  return String(view).padStart(8, "0");
}

/** Numbers of 64 bits are stored with or without a sign. */
function hex(value: number | bigint | string, digits: number): string {
  return BigInt.asUintN(4 * digits, BigInt(value))
    .toString(16)
    .padStart(digits, "0");
}
