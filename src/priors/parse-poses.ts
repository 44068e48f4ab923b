import type { Pose } from "../core/camera.ts";
import { FormatError } from "../core/errors.ts";
import type { ByPhoto } from "../core/photo-names.ts";
import { parsePoseRows } from "../formats/camera-matrices.ts";
import { readImages } from "../formats/colmap/read-model.ts";
import { parseJsonText } from "../formats/json-text.ts";
import { composePoses, invertRigid, rigidPose } from "../geometry/pose.ts";
import { rotationFromQuaternion } from "../geometry/rotation.ts";
import { isRecord, photoEntries } from "./photo-entries.ts";

/** Poses of photos in one world. */
export interface KnownPoses {
  readonly worldFromCam: ByPhoto<Pose>;
  /** Whether the file says that its unit is the metre. */
  readonly metres: boolean;
}

/** Two matrices of one pose may differ by as much as files with few digits do. */
const TOLERANCE = 1e-3;

/**
 * Poses from a file: JSON as in a `scene.json` (entries with a `file` and `world_from_cam` or `cam_from_world`, OpenCV
 * axes; `units` may say "metres"), nerfstudio's `transforms.json`, or COLMAP's `images.txt` or `images.bin`. Photos
 * without a pose are left out. Throws a `FormatError` that names the line or the entry and field.
 */
export function parsePoses(bytes: Uint8Array, path: string): KnownPoses {
  const poses = /\.(txt|bin)$/i.test(path) ? colmapPoses(bytes, path) : jsonPoses(bytes, path);
  if (poses.worldFromCam.size === 0) {
    throw new FormatError(
      path,
      'holds no pose; entries with a "file" and "world_from_cam" or "cam_from_world" are expected',
    );
  }
  return poses;
}

function colmapPoses(bytes: Uint8Array, path: string): KnownPoses {
  const poses = readImages({ path, bytes }).map(({ name, quaternion: [w, x, y, z], translation }) => {
    return [name, invertRigid(rigidPose(rotationFromQuaternion([x, y, z, w]), translation))] as const;
  });
  return { worldFromCam: new Map(poses), metres: false };
}

function jsonPoses(bytes: Uint8Array, path: string): KnownPoses {
  const value = parseJsonText(new TextDecoder().decode(bytes), path);
  if (isRecord(value) && Array.isArray(value.frames)) return nerfstudioPoses(value, path);
  const worldFromCam = new Map<string, Pose>();
  for (const { file, fields, where } of photoEntries(value, path)) {
    const pose = fields.registered === false ? undefined : entryPose(fields, where);
    if (pose !== undefined) worldFromCam.set(file, pose);
  }
  return { worldFromCam, metres: isRecord(value) && value.units === "metres" };
}

function entryPose(fields: Readonly<Record<string, unknown>>, where: string): Pose | undefined {
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

function nerfstudioPoses(value: Readonly<Record<string, unknown>>, path: string): KnownPoses {
  const worldFromCam = new Map<string, Pose>();
  for (const [i, frame] of (value.frames as unknown[]).entries()) {
    const where = `${path}: frame ${i}`;
    if (!isRecord(frame) || typeof frame.file_path !== "string") {
      throw new FormatError(where, '"file_path" is missing: the name of the photo is expected');
    }
    const pose = parsePoseRows(frame.transform_matrix, `${where}: transform_matrix`);
    worldFromCam.set(frame.file_path, composePoses(pose, OPENGL_FROM_OPENCV));
  }
  return { worldFromCam, metres: false };
}
