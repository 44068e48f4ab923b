import type { Pose } from "../core/camera.ts";
import { FormatError } from "../core/errors.ts";
import type { ByPhoto } from "../core/photo-names.ts";
import type { Size } from "../core/view.ts";
import { parsePoseRows } from "../formats/camera-matrices.ts";
import { type ColmapFile, readCameras, readImages } from "../formats/colmap/read-model.ts";
import { parseJsonText } from "../formats/json-text.ts";
import { composePoses, invertRigid, rigidPose } from "../geometry/pose.ts";
import { rotationFromQuaternion } from "../geometry/rotation.ts";
import { entrySize, isRecord, photoEntries } from "./photo-entries.ts";

/** Poses of photos in one world. */
export interface KnownPoses {
  readonly worldFromCam: ByPhoto<Pose>;
  /** Of the photos that the poses are of, where the file says. */
  readonly sizes: ByPhoto<Size>;
  /** Set for files of programs that may have ignored the EXIF orientation, or been given upright copies. */
  readonly mayBeOfStored?: boolean | undefined;
  /** Whether the file says that its unit is the meter. */
  readonly meters: boolean;
}

/** Two matrices of one pose may differ by as much as files with few digits do. */
const TOLERANCE = 1e-3;

/**
 * Poses from a file: JSON as in a `scene.json` (entries with a `file` and `world_from_cam` or `cam_from_world`, OpenCV
 * axes; `units` may say "metres"), a `transforms.json` of nerfstudio's or Blender's, or COLMAP's `images.txt` or `images.bin`. The model's
 * `cameras` say the photos' sizes. Photos without a pose are left out. Throws a `FormatError` that names the line or the entry and field.
 */
export function parsePoses(bytes: Uint8Array, path: string, cameras?: ColmapFile): KnownPoses {
  const poses = /\.(txt|bin)$/i.test(path) ? colmapPoses(bytes, path, cameras) : jsonPoses(bytes, path);
  if (poses.worldFromCam.size === 0) {
    throw new FormatError(
      path,
      'holds no pose; entries with a "file" and "world_from_cam" or "cam_from_world" are expected',
    );
  }
  return poses;
}

function colmapPoses(bytes: Uint8Array, path: string, cameras: ColmapFile | undefined): KnownPoses {
  const images = readImages({ path, bytes });
  const byId = cameras && readCameras(cameras);
  const sizes = images.flatMap(({ name, cameraId }) => {
    const camera = byId?.get(cameraId);
    return camera ? [[name, { width: camera.width, height: camera.height }] as const] : [];
  });
  const poses = images.map(({ name, quaternion: [w, x, y, z], translation }) => {
    return [name, invertRigid(rigidPose(rotationFromQuaternion([x, y, z, w]), translation))] as const;
  });
  return { worldFromCam: new Map(poses), sizes: new Map(sizes), mayBeOfStored: true, meters: false };
}

function jsonPoses(bytes: Uint8Array, path: string): KnownPoses {
  const value = parseJsonText(new TextDecoder().decode(bytes), path);
  const worldFromCam = new Map<string, Pose>();
  const sizes = new Map<string, Size>();
  for (const { file, fields, where } of photoEntries(value, path)) {
    const pose = fields.registered === false ? undefined : entryPose(fields, where);
    const size = entrySize(fields);
    if (pose !== undefined) worldFromCam.set(file, pose);
    if (size !== undefined) sizes.set(file, size);
  }
  return { worldFromCam, sizes, meters: isRecord(value) && value.units === "metres" };
}

function entryPose(fields: Readonly<Record<string, unknown>>, where: string): Pose | undefined {
  if (fields.transform_matrix !== undefined) {
    return composePoses(parsePoseRows(fields.transform_matrix, `${where}: transform_matrix`), OPENGL_FROM_OPENCV);
  }
  const { world_from_cam: forward = null, cam_from_world: backward = null } = fields;
  if (forward === null && backward === null) {
    if ("world_from_cam" in fields || "cam_from_world" in fields) return undefined;
    throw new FormatError(where, '"world_from_cam" or "cam_from_world" is expected, and neither is there');
  }
  const worldFromCam = forward === null ? undefined : parsePoseRows(forward, `${where}: world_from_cam`);
  const camFromWorld = backward === null ? undefined : parsePoseRows(backward, `${where}: cam_from_world`);
  if (worldFromCam === undefined) return invertRigid(camFromWorld!);
  if (camFromWorld !== undefined) requireInverse(worldFromCam, camFromWorld, where);
  return worldFromCam;
}

function requireInverse(worldFromCam: Pose, camFromWorld: Pose, where: string): void {
  const product = composePoses(worldFromCam, camFromWorld);
  const size = 1 + Math.hypot(worldFromCam[3]!, worldFromCam[7]!, worldFromCam[11]!);
  const isIdentity = product.every((x, i) => Math.abs(x - (i % 5 === 0 ? 1 : 0)) <= TOLERANCE * size);
  if (!isIdentity) throw new FormatError(where, "world_from_cam and cam_from_world are not inverse to each other");
}

/** OpenGL's camera axes (y up, z backward) from OpenCV's. */
const OPENGL_FROM_OPENCV: Pose = Float64Array.of(1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1);
