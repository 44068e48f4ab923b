import { decodeImage, joinPath } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { checkedView } from "./checked-view.ts";
import type { Dataset, FrameOptions, Split } from "./dataset.ts";
import { hideBackground } from "./hide-background.ts";
import { type ObjectSequence, objectDataset, readSelection, selectionPath } from "./object-sequences.ts";
import { readNpzCamera } from "./read-camera.ts";
import { readPngDepth } from "./read-depth.ts";

/**
 * CO3Dv2 (Reizenstein et al. 2021) as `prepareCo3d` leaves it, and as it is prepared for training in PyTorch: per
 * category and sequence `images/frameNNNNNN.jpg` with `.npz` beside, `depths/…jpg.geometric.png` and `masks/…png`.
 */
export async function openCo3d(folder: string, split: Split): Promise<Dataset> {
  const list = selectionPath(folder, split);
  const sequences = await readSelection(folder, split);
  if (sequences === undefined) {
    throw new InputError(`${list}: there is no such file; \`dust3r data prepare co3d\` makes it from the release`);
  }
  return objectDataset(sequences, {
    name: "co3d",
    list,
    read: (sequence, frame, options) => readFrame(folder, sequence, frame, options),
  });
}

/** The files of a prepared frame. */
export interface Co3dPaths {
  readonly photo: string;
  readonly camera: string;
  readonly depth: string;
  readonly mask: string;
}

/** Where the files of a prepared frame are. */
export function co3dPaths(folder: string, { category, name }: ObjectSequence, frame: number): Co3dPaths {
  const stem = `frame${String(frame).padStart(6, "0")}`;
  const at = (...path: readonly string[]): string => joinPath(folder, category, name, ...path);
  return {
    photo: at("images", `${stem}.jpg`),
    camera: at("images", `${stem}.npz`),
    depth: at("depths", `${stem}.jpg.geometric.png`),
    mask: at("masks", `${stem}.png`),
  };
}

async function readFrame(
  folder: string,
  sequence: ObjectSequence,
  frame: number,
  options: FrameOptions,
): Promise<RgbdView> {
  const paths = co3dPaths(folder, sequence, frame);
  const { npz, ...camera } = await readNpzCamera(paths.camera);
  const [maximum] = npz.read("maximum_depth").data;
  if (!(Number(maximum) > 0))
    throw new FormatError(paths.camera, `maximum_depth is ${maximum}, more than 0 is expected`);
  const depth = await readPngDepth(paths.depth, Number(maximum) / 65535);
  const shown = options.hideBackground ? await hideBackground(depth, paths.mask) : depth;
  return checkedView(await decodeImage(paths.photo), shown, camera, paths.photo);
}
