import { readBytes } from "#platform";
import { parseCalibrationRows, parsePoseRows } from "../formats/camera-matrices.ts";
import type { NpyArray } from "../formats/npy.ts";
import { type Npz, openNpz } from "../formats/npz.ts";
import type { PhotoCamera } from "./checked-view.ts";

/** The names that prepared sets give one matrix. */
const INTRINSICS = ["camera_intrinsics", "intrinsics"];
const POSES = ["camera_pose", "cam2world"];

/**
 * The camera in an `.npz` file beside a prepared photo: a 3×3 calibration matrix, and a 4×4 world-from-camera pose or its
 * rotation and translation. A `FormatError` for anything that is not finite, or no rigid motion.
 */
export async function readNpzCamera(path: string): Promise<PhotoCamera & { readonly npz: Npz }> {
  const npz = await openNpz(await readBytes(path), path);
  const named = (names: readonly string[]): string | undefined => names.find((name) => npz.names.includes(name));
  const intrinsics = parseCalibrationRows(matrixRows(npz.read(named(INTRINSICS) ?? INTRINSICS[0]!)), path);
  const pose = named(POSES);
  const rows =
    pose === undefined
      ? joinColumns(matrixRows(npz.read("R_cam2world")), npz.read("t_cam2world"))
      : matrixRows(npz.read(pose));
  return { intrinsics, worldFromCam: parsePoseRows(rows, path), npz };
}

/** The rows of a matrix; of a stack of them, `[n, rows, columns]`, those of the one at `index`. */
export function matrixRows({ shape, data }: NpyArray, index = 0): number[][] {
  const [rows = 1, columns = 1] = shape.slice(-2);
  return Array.from({ length: rows }, (_, row) => {
    const from = (index * rows + row) * columns;
    return Array.from(data.slice(from, from + columns), Number);
  });
}

function joinColumns(rotation: readonly (readonly number[])[], { data }: NpyArray): number[][] {
  return rotation.map((row, k) => [...row, Number(data[k])]);
}
