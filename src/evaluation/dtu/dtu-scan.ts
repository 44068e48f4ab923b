import { joinPath, pathContent, readBytes } from "#platform";
import { FormatError, InputError } from "../../core/errors.ts";
import { readMat5, requireArray } from "../../formats/mat5.ts";
import {
  adjugate3,
  determinant3,
  type Matrix3,
  multiplyVector3,
  scaleVector3,
  type Vector3,
} from "../../geometry/mat3.ts";
import { readRows } from "../read-rows.ts";
import { readPlyPoints } from "./ply-points.ts";

/** The scans that everybody evaluates. */
const DTU_SCANS = [1, 4, 9, 10, 11, 12, 13, 15, 23, 24, 29, 32, 33, 34, 48, 49, 62, 75, 77, 110, 114, 118] as const;

/** Positions of the robot arm that count: all scans have these. Light 3, all lamps, is what others reconstruct from. */
const POSITIONS = 49;

/** A photo and where it was taken, in millimeters. */
export interface DtuPhoto {
  readonly path: string;
  readonly center: Vector3;
}

/** What was measured of a scan, in millimeters. */
export interface DtuTruth {
  /** `[n, 3]`, of the structured light. */
  readonly points: Float32Array;
  /** Whether a reconstructed point lies where the cameras could see. */
  readonly isObserved: (x: number, y: number, z: number) => boolean;
  /** Whether a true point lies above the table, and so has to be reconstructed. */
  readonly isWanted: (x: number, y: number, z: number) => boolean;
}

/**
 * The photos of a scan that are there, in the release 49 of every scan that count: `Rectified/scan1/rect_001_3_r5000.png`, with
 * `Calibration/cal18/pos_001.txt`.
 */
export async function readDtuPhotos(folder: string, scan: number): Promise<readonly DtuPhoto[]> {
  const content = await pathContent(joinPath(folder, "Rectified", `scan${scan}`));
  const photos: DtuPhoto[] = [];
  for (const path of content.kind === "folder" ? content.files.toSorted() : []) {
    const [, position] = /rect_(\d{3})_3_r5000\.png$/.exec(path) ?? [];
    if (position === undefined || Number(position) > POSITIONS) continue;
    photos.push({ path, center: await readCenter(joinPath(folder, "Calibration", "cal18", `pos_${position}.txt`)) });
  }
  return photos;
}

/** Whether a scan's photos are in a folder. */
async function hasDtuScan(folder: string, scan: number): Promise<boolean> {
  return (await pathContent(joinPath(folder, "Rectified", `scan${scan}`))).kind === "folder";
}

/** `Points/stl/stl001_total.ply`, `ObsMask/ObsMask1_10.mat` and `ObsMask/Plane1.mat`. */
export async function readDtuTruth(folder: string, scan: number): Promise<DtuTruth> {
  const cloud = joinPath(folder, "Points", "stl", `stl${String(scan).padStart(3, "0")}_total.ply`);
  const maskPath = joinPath(folder, "ObsMask", `ObsMask${scan}_10.mat`);
  const planePath = joinPath(folder, "ObsMask", `Plane${scan}.mat`);
  const mask = readMat5(await readBytes(maskPath), maskPath);
  const plane = requireArray(readMat5(await readBytes(planePath), planePath), "P", planePath).data;
  const cells = requireArray(mask, "ObsMask", maskPath);
  const box = requireArray(mask, "BB", maskPath);
  const step = requireArray(mask, "Res", maskPath).data[0]!;
  const [rows = 0, columns = 0, layers = 0] = cells.shape;
  if (cells.shape.length !== 3 || box.data.length !== 6 || plane.length !== 4 || !(step > 0)) {
    throw new FormatError(maskPath, "ObsMask [x, y, z], BB [2, 3], Res and the plane's P [4] are expected");
  }
  // BB's first row is the smallest corner; MATLAB keeps its columns together.
  const [left, top, near] = [box.data[0]!, box.data[2]!, box.data[4]!];
  return {
    points: readPlyPoints(await readBytes(cloud), cloud),
    isObserved(x, y, z) {
      const [i, j, k] = [Math.round((x - left) / step), Math.round((y - top) / step), Math.round((z - near) / step)];
      if (!(i >= 0 && j >= 0 && k >= 0 && i < rows && j < columns && k < layers)) return false;
      return cells.data[i + rows * (j + columns * k)] === 1;
    },
    isWanted: (x, y, z) => plane[0]! * x + plane[1]! * y + plane[2]! * z + plane[3]! > 0,
  };
}

/** The center −M⁻¹p of a 3×4 projection [M p]. */
async function readCenter(path: string): Promise<Vector3> {
  const values = (await readRows(path, "a projection matrix")).flat().map(Number);
  const [a, b, c, p, d, e, f, q, g, h, i, r] = values as [number, number, number, ...Nine];
  const left: Matrix3 = [a, b, c, d, e, f, g, h, i];
  const determinant = determinant3(left);
  if (values.length !== 12 || !values.every(Number.isFinite) || determinant === 0) {
    throw new FormatError(path, `a 3x4 projection matrix of rank 3 is expected, found ${values.join(" ")}`);
  }
  return scaleVector3(-1 / determinant, multiplyVector3(adjugate3(left), [p, q, r]));
}

type Nine = [number, number, number, number, number, number, number, number, number];

/** Throws an `InputError` where none of the scans is there. */
export async function findDtuScans(folder: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const scan of DTU_SCANS) if (await hasDtuScan(folder, scan)) found.push(scan);
  if (found.length > 0) return found;
  throw new InputError(`${folder}: no Rectified/scan1 or another test scan; DTU's MVS Data is expected`);
}
