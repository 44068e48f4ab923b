import { decodeImage, joinPath, listFolders, pathContent, readBytes } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import { colmapLens } from "../formats/colmap/distortion.ts";
import { readHdf5Array } from "../formats/hdf5.ts";
import { pinholeWithin } from "../geometry/lens.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { checkedView, type DepthImage } from "./checked-view.ts";
import type { ColmapPhoto } from "./colmap-cameras.ts";

/** Where the archives of the release put their folders. */
const DENSE_FOLDERS = ["", "MegaDepth_v1", "phoenix/S6/zl548/MegaDepth_v1"];
const SPARSE_FOLDERS = ["", "MegaDepth_v1_SfM"];

/** A model of a scene of the release. */
export interface MegaDepthScene {
  /** Folder of undistorted photos and depth. */
  readonly dense: string;
  /** Folder of the sparse model. */
  readonly sparse: string;
}

/** Finds a scene, such as `0000/0`, in the release; an `InputError` says where it was looked for. */
export async function findMegaDepthScene(folder: string, scene: string): Promise<MegaDepthScene> {
  const [name = "", model = ""] = scene.split("/");
  const dense = DENSE_FOLDERS.map((base) => joinPath(folder, base, name, `dense${model}`));
  const sparse = SPARSE_FOLDERS.map((base) => joinPath(folder, base, name, "sparse", "manhattan", model));
  return { dense: await firstFolder(dense), sparse: await firstFolder(sparse) };
}

/** The scenes of the release, such as `0000/0`. */
export async function megaDepthScenes(folder: string): Promise<readonly string[]> {
  const scenes: string[] = [];
  for (const base of DENSE_FOLDERS.map((name) => joinPath(folder, name))) {
    for (const name of await listFolders(base)) {
      if (!/^\d{4}$/.test(name)) continue;
      const models = (await listFolders(joinPath(base, name))).flatMap((each) => /^dense(\d+)$/.exec(each)?.[1] ?? []);
      scenes.push(...models.map((model) => `${name}/${model}`));
    }
  }
  return scenes;
}

async function firstFolder(candidates: readonly string[]): Promise<string> {
  for (const path of candidates) if ((await pathContent(path)).kind === "folder") return path;
  throw new InputError(`none of these folders is there: ${candidates.join(", ")}`);
}

/** The names of a scene's photos that have depth. */
export async function megaDepthPhotos({ dense }: MegaDepthScene): Promise<readonly string[]> {
  const depths = await pathContent(joinPath(dense, "depths"));
  const files = depths.kind === "folder" ? depths.files : [];
  const names = new Set(files.map((path) => baseName(path).replace(/\.h5$/, "")));
  const photos = await pathContent(joinPath(dense, "imgs"));
  const paths = photos.kind === "folder" ? photos.files : [];
  return paths
    .map(baseName)
    .filter((name) => names.has(name.replace(/\.[^.]*$/, "")))
    .sort();
}

function baseName(path: string): string {
  return path.replace(/^.*[/\\]/, "");
}

/** Reads a photo of the release: it is undistorted already, the model's cameras say what it was before. */
export async function readMegaDepthPhoto(
  scene: MegaDepthScene,
  name: string,
  photos: ReadonlyMap<string, ColmapPhoto>,
): Promise<RgbdView> {
  const photo = joinPath(scene.dense, "imgs", name);
  const found = photos.get(name);
  if (found === undefined) throw new FormatError(photo, `is not in the model ${scene.sparse}`);
  const picture = await decodeImage(photo);
  const intrinsics = pinholeWithin(colmapLens(found.camera, scene.sparse), picture);
  const depth = await readDepth(joinPath(scene.dense, "depths", name.replace(/\.[^.]*$/, ".h5")));
  return checkedView(picture, depth, { intrinsics, worldFromCam: found.worldFromCam }, photo);
}

async function readDepth(path: string): Promise<DepthImage> {
  const { shape, data } = await readHdf5Array(await readBytes(path), "depth", path);
  const [height, width] = shape;
  if (shape.length !== 2 || typeof data[0] !== "number")
    throw new FormatError(path, `depth of shape [${shape}]; rows of numbers are expected`);
  return { width: width!, height: height!, depth: Float32Array.from(data as ArrayLike<number>) };
}
