import { z } from "zod";
import { isWithin, readText } from "#platform";
import type { Intrinsics, Pose } from "../core/camera.ts";
import { FormatError, InputError } from "../core/errors.ts";
import type { KnownLens } from "../core/known-lens.ts";
import type { Distortion } from "../core/lens.ts";
import type { FocalSource, PoseSource, Scene } from "../core/scene.ts";
import type { Size } from "../core/view.ts";
import { parseCalibrationRows, parsePoseRows } from "../formats/camera-matrices.ts";
import { parseJsonText } from "../formats/json-text.ts";
import { invertRigid } from "../geometry/pose.ts";
import type {
  PosedPhotoJson,
  PosedPhotosJson,
  SceneJson,
  StoredDisparity,
  StoredLens,
  StoredMap,
} from "./scene-format.ts";
import { POSED_PHOTOS_JSON } from "./scene-schema.ts";

/** Scenes of thousands of photos stay far below it. */
const SIZE_LIMIT = 2 ** 28;

/** One photo of a `scene.json`; null is what is not known of it. */
export interface SceneFileImage extends Size {
  /** Its name, relative to the folder of the photos. */
  readonly file: string;
  readonly registered: boolean;
  /** In pixels of this photo. */
  readonly intrinsics: Intrinsics | null;
  readonly camera: number | null;
  readonly focalSource: FocalSource | null;
  readonly poseSource: PoseSource | null;
  /** The lens whose distortion was taken out of the photo: all else is of the photo without it. */
  readonly lens: KnownLens | null;
  /** OpenCV axes; both or neither. */
  readonly worldFromCam: Pose | null;
  readonly camFromWorld: Pose | null;
  readonly depth: StoredMap | null;
  readonly confidence: StoredMap | null;
  /** Whether depth is measured where photos agree. */
  readonly isMeasured: boolean;
  readonly disparity: StoredDisparity | null;
}

/** A `scene.json`: of a reconstruction, of posed RGB-D photos, or with ground truth. */
export interface SceneFile {
  /** The file. */
  readonly path: string;
  readonly name: string | undefined;
  /** What the photos are to each other. */
  readonly kind: NonNullable<PosedPhotosJson["kind"]>;
  readonly units: Scene["units"];
  /** The weights that a reconstruction was made with. */
  readonly model: SceneJson["model"] | undefined;
  readonly images: readonly SceneFileImage[];
  /** Those of photos that are there. */
  readonly pairs: Scene["pairs"];
  /** What programs other than this one write is taken for the simplest. */
  readonly alignment: Scene["alignment"];
}

/** A photo of which one knows where its pixels are in the world. */
export type PosedDepthImage = SceneFileImage & {
  readonly [K in "intrinsics" | "worldFromCam" | "camFromWorld" | "depth"]: NonNullable<SceneFileImage[K]>;
};

/** True for a photo with intrinsics, a pose and a depth map. */
export function hasPosedDepth(image: SceneFileImage): image is PosedDepthImage {
  return image.registered && image.intrinsics !== null && image.worldFromCam !== null && image.depth !== null;
}

/** Reads a `scene.json`; throws an `InputError` or `FormatError` that names the file and the field. */
export async function readSceneFile(path: string): Promise<SceneFile> {
  const text = await readText(path, SIZE_LIMIT);
  if (text === undefined) throw new InputError(`${path}: there is no such file; a scene's folder has one`);
  const scene = POSED_PHOTOS_JSON.safeParse(parseJsonText(text, path));
  if (!scene.success) throw new FormatError(path, `is no scene: ${z.prettifyError(scene.error).replaceAll("\n", " ")}`);
  const { name, kind = "multiview", units, model, alignment } = scene.data;
  requireWithin(scene.data, path);
  const images = scene.data.images.map((image) => parseImage(image, path));
  const twice = images.find(({ file }, i) => images.findIndex((other) => other.file === file) < i);
  if (twice !== undefined) throw new FormatError(path, `${twice.file} is listed twice`);
  return {
    path,
    name,
    kind,
    units: units ?? "arbitrary",
    model,
    images,
    pairs: pairsByIndex(scene.data),
    alignment: alignment ?? { method: "pair", loss: null, iterations: 0, seconds: 0 },
  };
}

/** A scene from somebody else must not make anything be read, copied or written elsewhere. */
function requireWithin({ images }: PosedPhotosJson, path: string): void {
  const names = images.flatMap(({ file, depth, confidence, disparity }) => {
    return [file, depth?.file, confidence?.file, disparity?.file].filter((name) => name != null);
  });
  const outside = names.find((name) => !isWithin(name));
  if (outside !== undefined)
    throw new FormatError(path, `the file ${outside} is named, which leads out of the scene's folder`);
}

function parseImage(image: PosedPhotoJson, path: string): SceneFileImage {
  const { file, width, height, registered, K, camera, focal_source, pose_source, depth, confidence, disparity } = image;
  const pose = (field: "world_from_cam" | "cam_from_world") =>
    image[field] ? parsePoseRows(image[field], `${path}: ${field} of ${file}`) : null;
  const [worldFromCam, camFromWorld] = [pose("world_from_cam"), pose("cam_from_world")];
  return {
    file,
    width,
    height,
    registered: registered ?? true,
    intrinsics: K ? parseCalibrationRows(K, `${path}: K of ${file}`) : null,
    camera: camera ?? null,
    focalSource: focal_source ?? null,
    poseSource: pose_source ?? null,
    lens: image.lens ? parseLens(image.lens, { width, height }, `${path}: lens of ${file}`) : null,
    worldFromCam: worldFromCam ?? (camFromWorld && invertRigid(camFromWorld)),
    camFromWorld: camFromWorld ?? (worldFromCam && invertRigid(worldFromCam)),
    depth: depth ?? null,
    confidence: confidence ?? null,
    isMeasured: image.source != null,
    disparity: disparity ?? null,
  };
}

function parseLens({ K, model, k, p }: StoredLens, size: Size, where: string): KnownLens {
  const { fx, fy, cx, cy } = parseCalibrationRows(K, `${where}: K`);
  const distortion: Distortion = model === "radial" ? { model, k, p: p ?? [0, 0] } : { model, k };
  return { fx, fy, principalPoint: [cx, cy], size, distortion };
}

function pairsByIndex({ images, pairs = [] }: PosedPhotosJson): Scene["pairs"] {
  const indices = new Map(images.map(({ file }, i) => [file, i]));
  return pairs.flatMap(({ image1, image2, mean_confidence: meanConfidence }) => {
    const [index1, index2] = [indices.get(image1), indices.get(image2)];
    return index1 === undefined || index2 === undefined ? [] : [{ image1: index1, image2: index2, meanConfidence }];
  });
}
