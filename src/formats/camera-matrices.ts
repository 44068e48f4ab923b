import type { Intrinsics, Pose } from "../core/camera.ts";
import { FormatError } from "../core/errors.ts";

/** How far from orthonormal a rotation in a file may be: files keep few digits. */
const TOLERANCE = 1e-3;

/**
 * The rigid transform in a 4×4 (or 3×4) matrix as JSON has it, rows of numbers; `where` names the file and the field in
 * the `FormatError` for anything else.
 */
export function parsePoseRows(value: unknown, where: string): Pose {
  const rows = parseRows(value, { counts: [3, 4], columns: 4, where });
  const pose = Float64Array.from([...rows.slice(0, 3).flat(), 0, 0, 0, 1]);
  const bottom = rows[3] ?? [0, 0, 0, 1];
  if (bottom.some((x, k) => x !== (k === 3 ? 1 : 0))) {
    throw new FormatError(where, `the last row of a pose is [0, 0, 0, 1], found [${bottom.join(", ")}]`);
  }
  const column = (k: number) => [pose[k]!, pose[4 + k]!, pose[8 + k]!] as const;
  const [x, y, z] = [column(0), column(1), column(2)];
  const errors = [dot(x, x) - 1, dot(y, y) - 1, dot(z, z) - 1, dot(x, y), dot(y, z), dot(x, z)];
  if (!errors.every((error) => Math.abs(error) <= TOLERANCE)) {
    throw new FormatError(
      where,
      "its 3x3 part is no rotation: the columns are not of length 1 and square to each other",
    );
  }
  const cross = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]] as const;
  if (dot(cross, z) < 0)
    throw new FormatError(where, "its 3x3 part is a reflection, not a rotation: are the axes OpenCV's?");
  return pose;
}

/** The intrinsics in a 3×3 calibration matrix as JSON has it; `where` names the file and the field in the `FormatError`. */
export function parseCalibrationRows(value: unknown, where: string): Intrinsics {
  const rows = parseRows(value, { counts: [3], columns: 3, where });
  const [[fx, skew, cx], [zero, fy, cy], last] = rows as [number[], number[], number[]];
  const expected = "[[fx, 0, cx], [0, fy, cy], [0, 0, 1]] is expected";
  if (skew !== 0 || zero !== 0 || last.some((x, k) => x !== (k === 2 ? 1 : 0))) {
    throw new FormatError(where, `found ${JSON.stringify(value)}; ${expected}`);
  }
  if (!(fx! > 0 && fy! > 0))
    throw new FormatError(where, `focal lengths of ${fx} and ${fy}; positive ones are expected`);
  return { fx: fx!, fy: fy!, cx: cx!, cy: cy! };
}

/** A 4×4 pose as JSON has it: rows of numbers. */
export function poseRows(pose: Pose): number[][] {
  return [0, 4, 8, 12].map((row) => Array.from(pose.subarray(row, row + 4)));
}

/** The 3×3 calibration matrix as JSON has it: rows of numbers. */
export function calibrationRows({ fx, fy, cx, cy }: Intrinsics): number[][] {
  return [
    [fx, 0, cx],
    [0, fy, cy],
    [0, 0, 1],
  ];
}

function dot(a: readonly [number, number, number], b: readonly [number, number, number]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

interface RowsShape {
  readonly counts: readonly number[];
  readonly columns: number;
  readonly where: string;
}

function parseRows(value: unknown, { counts, columns, where }: RowsShape): number[][] {
  const isRow = (row: unknown) =>
    Array.isArray(row) && row.length === columns && row.every((x) => typeof x === "number" && Number.isFinite(x));
  if (!Array.isArray(value) || !counts.includes(value.length) || !value.every(isRow)) {
    const found = JSON.stringify(value)?.slice(0, 80);
    throw new FormatError(
      where,
      `${counts.join(" or ")} rows of ${columns} finite numbers are expected, found ${found}`,
    );
  }
  return value as number[][];
}
