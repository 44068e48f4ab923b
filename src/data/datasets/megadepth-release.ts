import { decodeImage, joinPath, listFolders, openFile, pathContent, readBytes } from "#platform";
import type { ByteSource } from "../../core/byte-source.ts";
import type { Pose } from "../../core/camera.ts";
import { FormatError, InputError } from "../../core/errors.ts";
import type { ColmapCamera, ColmapImage } from "../../formats/colmap/model.ts";
import { readCameras } from "../../formats/colmap/read-model.ts";
import { parseImages } from "../../formats/colmap/text.ts";
import { readHdf5Array } from "../../formats/hdf5.ts";
import { invertRigid, rigidPose } from "../../geometry/pose.ts";
import { rotationFromQuaternion } from "../../geometry/rotation.ts";
import type { RgbdView } from "../rgbd-view.ts";
import { checkedView, type DepthImage } from "./checked-view.ts";
import { lensOf, pinholeWithin } from "./lens.ts";

/** Where the archives of the release put their folders. */
const DENSE_FOLDERS = ["", "MegaDepth_v1", "phoenix/S6/zl548/MegaDepth_v1"];
const SPARSE_FOLDERS = ["", "MegaDepth_v1_SfM"];
const CHUNK = 2 ** 24;

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

/** A scene's cameras, by photo. */
export type MegaDepthCameras = ReadonlyMap<string, { readonly image: ColmapImage; readonly camera: ColmapCamera }>;

/** The cameras in a scene's sparse model; the points that photos show are passed over, which are most of it. */
export async function megaDepthCameras({ sparse }: MegaDepthScene): Promise<MegaDepthCameras> {
  const camerasPath = joinPath(sparse, "cameras.txt");
  const cameras = readCameras({ path: camerasPath, bytes: await readBytes(camerasPath) });
  const path = joinPath(sparse, "images.txt");
  const file = await openFile(path);
  try {
    const images = parseImages(await withoutKeypoints(file), path);
    return new Map(
      images.map((image) => {
        const camera = cameras.get(image.cameraId);
        if (camera === undefined)
          throw new FormatError(path, `${image.name} is of camera ${image.cameraId}, which is not listed`);
        return [image.name, { image, camera }];
      }),
    );
  } finally {
    await file.close();
  }
}

/** A text of images with every second line, the keypoints', empty: those of a large scene exceed what a string holds. */
async function withoutKeypoints(source: ByteSource): Promise<string> {
  const decoder = new TextDecoder();
  const kept: string[] = [];
  let rest = "";
  let isHead = true;
  const take = (line: string): void => {
    if (isHead && (line.startsWith("#") || line.trim() === "")) return;
    if (isHead) kept.push(line, "");
    isHead = !isHead;
  };
  for (let offset = 0; offset < source.size; offset += CHUNK) {
    const bytes = await source.read(offset, Math.min(CHUNK, source.size - offset));
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) take(line);
  }
  if (rest !== "") take(rest);
  return kept.join("\n");
}

/** Reads a photo of the release: it is undistorted already, the model's cameras say what it was before. */
export async function readMegaDepthPhoto(
  scene: MegaDepthScene,
  name: string,
  cameras: MegaDepthCameras,
): Promise<RgbdView> {
  const photo = joinPath(scene.dense, "imgs", name);
  const found = cameras.get(name);
  if (found === undefined) throw new FormatError(photo, `is not in the model ${scene.sparse}`);
  const picture = await decodeImage(photo);
  const {
    quaternion: [w, x, y, z],
    translation,
  } = found.image;
  const camFromWorld: Pose = rigidPose(rotationFromQuaternion([x, y, z, w]), translation);
  if (!camFromWorld.every(Number.isFinite)) throw new FormatError(photo, "its pose is not finite");
  const lens = lensOf(found.camera, scene.sparse);
  const intrinsics = pinholeWithin(lens, picture);
  const depth = await readDepth(joinPath(scene.dense, "depths", name.replace(/\.[^.]*$/, ".h5")));
  return checkedView(picture, depth, { intrinsics, worldFromCam: invertRigid(camFromWorld) }, photo);
}

async function readDepth(path: string): Promise<DepthImage> {
  const { shape, data } = await readHdf5Array(await readBytes(path), "depth", path);
  const [height, width] = shape;
  if (shape.length !== 2 || typeof data[0] !== "number")
    throw new FormatError(path, `depth of shape [${shape}]; rows of numbers are expected`);
  return { width: width!, height: height!, depth: Float32Array.from(data as ArrayLike<number>) };
}
