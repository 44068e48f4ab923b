import { boundsOf } from "./mesh.ts";
import type { Vec3 } from "./vec3.ts";

/**
 * Occupancy of space on a regular grid: a cheap approximation of ambient occlusion that is the same from every view.
 */
export interface OcclusionGrid {
  readonly origin: Vec3;
  readonly cell: number;
  readonly size: Vec3;
  /** `[z, y, x]`, share of occupied cells among the 27 around each cell. */
  readonly crowding: Float32Array;
}

const MAX_CELLS = 44;
/** Half the side of the region that is covered in a large scene, in meters around the origin. */
const REACH = 9;

/** Marks the cells that triangles pass through and blurs them. */
export function occlusionGrid(positions: Float32Array, triangles: Uint32Array): OcclusionGrid {
  const { min, max } = boundsOf(positions);
  const low = min.map((value) => Math.max(value, -REACH) - 0.2);
  const high = max.map((value) => Math.min(value, REACH) + 0.2);
  const extents = low.map((value, axis) => Math.max(0.1, high[axis]! - value));
  const cell = Math.max(...extents) / MAX_CELLS;
  const [nx, ny, nz] = extents.map((extent) => Math.max(1, Math.ceil(extent / cell))) as [number, number, number];
  const occupied = new Float32Array(nx * ny * nz);
  const mark = (x: number, y: number, z: number): void => {
    const i = Math.floor((x - low[0]!) / cell);
    const j = Math.floor((y - low[1]!) / cell);
    const k = Math.floor((z - low[2]!) / cell);
    if (i >= 0 && j >= 0 && k >= 0 && i < nx && j < ny && k < nz) occupied[(k * ny + j) * nx + i] = 1;
  };
  for (let t = 0; t < triangles.length; t += 3) {
    markTriangle(positions, [3 * triangles[t]!, 3 * triangles[t + 1]!, 3 * triangles[t + 2]!], cell, mark);
  }
  const size: Vec3 = [nx, ny, nz];
  const strides = [1, nx, nx * ny];
  const crowding = strides.reduce<Float32Array>((grid, stride, axis) => blurAxis(grid, stride, size[axis]!), occupied);
  return { origin: low as unknown as Vec3, cell, size, crowding };
}

function markTriangle(
  p: Float32Array,
  [a, b, c]: readonly [number, number, number],
  cell: number,
  mark: (x: number, y: number, z: number) => void,
): void {
  const ux = p[b]! - p[a]!;
  const uy = p[b + 1]! - p[a + 1]!;
  const uz = p[b + 2]! - p[a + 2]!;
  const vx = p[c]! - p[a]!;
  const vy = p[c + 1]! - p[a + 1]!;
  const vz = p[c + 2]! - p[a + 2]!;
  const step = 0.8 * cell;
  const rows = Math.min(200, Math.ceil(Math.sqrt(ux * ux + uy * uy + uz * uz) / step));
  const columns = Math.min(200, Math.ceil(Math.sqrt(vx * vx + vy * vy + vz * vz) / step));
  for (let i = 0; i <= rows; i++) {
    const u = i / rows;
    const end = columns * (1 - u);
    for (let j = 0; j <= end; j++) {
      const v = j / columns;
      mark(p[a]! + u * ux + v * vx, p[a + 1]! + u * uy + v * vy, p[a + 2]! + u * uz + v * vz);
    }
  }
}

/** Mean of each cell and its two neighbors along one axis. */
function blurAxis(grid: Float32Array, stride: number, length: number): Float32Array {
  const blurred = new Float32Array(grid.length);
  for (let start = 0; start < grid.length; start += stride * length) {
    for (let along = 0; along < length; along++) {
      const row = start + along * stride;
      for (let i = row; i < row + stride; i++) {
        const before = along > 0 ? grid[i - stride]! : 0;
        const after = along < length - 1 ? grid[i + stride]! : 0;
        blurred[i] = (before + grid[i]! + after) / 3;
      }
    }
  }
  return blurred;
}

/** Share of ambient light, 0.3 to 1, that reaches the point (x, y, z) of a surface with normal (nx, ny, nz). */
export function ambientAccess(
  { origin, cell, size, crowding }: OcclusionGrid,
  x: number,
  y: number,
  z: number,
  nx: number,
  ny: number,
  nz: number,
): number {
  const lift = 2.1 * cell;
  const gx = (x + lift * nx - origin[0]) / cell - 0.5;
  const gy = (y + lift * ny - origin[1]) / cell - 0.5;
  const gz = (z + lift * nz - origin[2]) / cell - 0.5;
  const i = Math.floor(gx);
  const j = Math.floor(gy);
  const k = Math.floor(gz);
  if (i < 0 || j < 0 || k < 0 || i >= size[0] - 1 || j >= size[1] - 1 || k >= size[2] - 1) return 1;
  const u = gx - i;
  const v = gy - j;
  const w = gz - k;
  const row = size[0];
  const slab = row * size[1];
  const at = k * slab + j * row + i;
  const near =
    (1 - v) * ((1 - u) * crowding[at]! + u * crowding[at + 1]!) +
    v * ((1 - u) * crowding[at + row]! + u * crowding[at + row + 1]!);
  const far =
    (1 - v) * ((1 - u) * crowding[at + slab]! + u * crowding[at + slab + 1]!) +
    v * ((1 - u) * crowding[at + slab + row]! + u * crowding[at + slab + row + 1]!);
  return Math.max(0.3, 1 - 1.5 * ((1 - w) * near + w * far));
}
