import { z } from "zod";
import { joinPath, readBytes, readImageHeader, siblingPath } from "#platform";
import type { Intrinsics, Pose } from "../../core/camera.ts";
import { FormatError, InputError } from "../../core/errors.ts";
import type { Size } from "../../core/view.ts";
import { openNpz } from "../../formats/npz.ts";
import { projectPoints } from "../../geometry/camera.ts";
import { composePoses, invertRigid, rigidPose, transformPoints } from "../../geometry/pose.ts";
import { rotationFromQuaternion } from "../../geometry/rotation.ts";
import type { DepthMap } from "../metrics/depth-errors.ts";
import { readJson } from "../read-json.ts";
import type { DepthSample } from "./depth-sample.ts";

const CAMERA = "CAMERA_01";
const LIDAR = "LIDAR";

const poseSchema = z.object({
  rotation: z.object({ qw: z.number(), qx: z.number(), qy: z.number(), qz: z.number() }),
  translation: z.object({ x: z.number(), y: z.number(), z: z.number() }),
});
const splitsSchema = z.object({ scene_splits: z.record(z.string(), z.object({ filenames: z.array(z.string()) })) });
const fileSchema = z.object({ filename: z.string(), pose: poseSchema });
const sceneSchema = z.object({
  samples: z.array(z.object({ calibration_key: z.string(), datum_keys: z.array(z.string()) })),
  data: z.array(
    z.object({
      key: z.string(),
      id: z.object({ name: z.string(), timestamp: z.string() }),
      datum: z.object({ image: fileSchema.optional(), point_cloud: fileSchema.optional() }),
    }),
  ),
});
const calibrationSchema = z.object({
  names: z.array(z.string()),
  intrinsics: z.array(z.object({ fx: z.number(), fy: z.number(), cx: z.number(), cy: z.number() })),
});

/** The validation split's number in `ddad.json`, as the data set's description has it. */
const VALIDATION = "1";

/**
 * DDAD (Guizilini et al. 2020) in its own DGP format: the front camera of every sample of the validation split, with the
 * points of the laser scan of the same sample as depth; of points that fall into one pixel the nearest counts.
 * @param folder holds `ddad.json` and the folders of scenes
 */
export async function ddadSamples(folder: string): Promise<readonly DepthSample[]> {
  const { scene_splits } = await readJson(joinPath(folder, "ddad.json"), splitsSchema);
  const scenes = scene_splits[VALIDATION]?.filenames ?? [];
  if (scenes.length === 0)
    throw new InputError(`${folder}/ddad.json: scene_splits.${VALIDATION}, the validation split, is empty`);
  const samples: DepthSample[] = [];
  for (const name of scenes) samples.push(...(await sceneSamples(joinPath(folder, name))));
  return samples;
}

async function sceneSamples(path: string): Promise<readonly DepthSample[]> {
  const { samples, data } = await readJson(path, sceneSchema);
  const byKey = new Map(data.map((datum) => [datum.key, datum]));
  const seen = new Set<string>();
  return samples.map(({ calibration_key, datum_keys }) => {
    const find = (name: string) => {
      const found = datum_keys.map((key) => byKey.get(key)).find((datum) => datum?.id.name === name);
      if (found === undefined) throw new FormatError(path, `a sample of ${datum_keys.join(", ")} has no ${name}`);
      return found;
    };
    const [camera, lidar] = [find(CAMERA), find(LIDAR)];
    const { image } = camera.datum;
    const { point_cloud: cloud } = lidar.datum;
    if (!image || !cloud) throw new FormatError(path, `${camera.key}: an image and a point_cloud are expected`);
    if (seen.has(image.filename)) throw new FormatError(path, `${image.filename} is of two samples`);
    seen.add(image.filename);
    const photo = siblingPath(path, image.filename);
    const truth = async (): Promise<DepthMap> => {
      const size = await readImageHeader(photo);
      const intrinsics = await readIntrinsics(siblingPath(path, `calibration/${calibration_key}.json`), size);
      const points = await readPoints(siblingPath(path, cloud.filename));
      const worldFromCam = poseOf(image.pose, `${path}: ${image.filename}`);
      const worldFromLidar = poseOf(cloud.pose, `${path}: ${cloud.filename}`);
      const camFromLidar = composePoses(invertRigid(worldFromCam), worldFromLidar);
      return renderPoints(transformPoints(camFromLidar, points), intrinsics, size);
    };
    return { id: image.filename, photo, truth };
  });
}

/** The depth of points `[n, 3]` of the camera's frame that are seen in a photo. */
function renderPoints(points: Float64Array, intrinsics: Intrinsics, { width, height }: Size): DepthMap {
  const pixels = projectPoints(points, intrinsics);
  const depth = new Float32Array(width * height);
  for (let i = 0; i < points.length / 3; i++) {
    const [x, y, z] = [Math.round(pixels[2 * i]!), Math.round(pixels[2 * i + 1]!), points[3 * i + 2]!];
    if (!(x >= 0 && y >= 0 && x < width && y < height)) continue;
    const at = y * width + x;
    if (depth[at] === 0 || z < depth[at]!) depth[at] = z;
  }
  return { width, height, depth };
}

async function readIntrinsics(path: string, { width, height }: Size): Promise<Intrinsics> {
  const { names, intrinsics } = await readJson(path, calibrationSchema);
  const found = intrinsics[names.indexOf(CAMERA)];
  if (found === undefined) throw new FormatError(path, `has no intrinsics of ${CAMERA}`);
  const { fx, fy, cx, cy } = found;
  if (!(fx > 0 && fy > 0 && cx > 0 && cy > 0 && cx < width && cy < height)) {
    const text = [fx, fy, cx, cy].join(", ");
    throw new FormatError(path, `${CAMERA}: fx, fy, cx, cy of ${text} are none of a photo of ${width}x${height}`);
  }
  return found;
}

async function readPoints(path: string): Promise<Float64Array> {
  const { shape, data } = (await openNpz(await readBytes(path), path)).read("data");
  const [count = 0, columns = 0] = shape;
  if (shape.length !== 2 || columns < 3)
    throw new FormatError(path, `data is [${shape}]; points [n, 3 or more] are expected`);
  return Float64Array.from({ length: 3 * count }, (_, i) => Number(data[Math.floor(i / 3) * columns + (i % 3)]));
}

/** How far from 1 a rounded quaternion's length may be. */
const UNIT = 1e-3;

function poseOf({ rotation, translation: { x, y, z } }: z.infer<typeof poseSchema>, where: string): Pose {
  const { qw, qx, qy, qz } = rotation;
  const length = Math.hypot(qw, qx, qy, qz);
  if (!(Math.abs(length - 1) < UNIT))
    throw new FormatError(where, `its rotation has length ${length}; a unit quaternion is expected`);
  return rigidPose(rotationFromQuaternion([qx, qy, qz, qw]), [x, y, z]);
}
