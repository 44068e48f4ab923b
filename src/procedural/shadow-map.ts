import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import type { PartedGeometry } from "./geometry-part.ts";
import { rasterize } from "./rasterize.ts";
import type { Light } from "./scene-model.ts";
import { cross, normalize, scale, type Vec3 } from "./vec3.ts";

/** The shadow map of a light: six faces of a cube around a lamp, one picture from very far along the sun's direction. */
export interface ShadowMap {
  readonly light: Light;
  /** Pixels along the side of a face. */
  readonly size: number;
  /** In pixels. */
  readonly focal: number;
  /** Where the faces are seen from. */
  readonly origin: Vec3;
  /** For the sun its x, y and z axes; a lamp's face k looks along world axis k >> 1, backward when k is odd. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
  /** One over the depth per face `[size, size]` in 1/meters, 0 where there is nothing. */
  readonly faces: readonly Float64Array[];
}

const AXES: readonly [Vec3, Vec3, Vec3] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const SUN_DISTANCE = 400;
/** Half the width of the ground that the sun's map covers, in meters around the origin. */
const SUN_REACH = 15;

/** Renders the shadow map of `light`, `size` pixels a face for a lamp and three times that for the sun. */
export function shadowMapOf(light: Light, geometry: PartedGeometry, size: number): ShadowMap {
  const look = (x: Vec3, y: Vec3, z: Vec3, origin: Vec3, focal: number, side: number): Float64Array => {
    const camera: PosedCamera = {
      width: side,
      height: side,
      intrinsics: { fx: focal, fy: focal, cx: (side - 1) / 2, cy: (side - 1) / 2 },
      worldFromCam: Float64Array.from([0, 1, 2].flatMap((i) => [x[i]!, y[i]!, z[i]!, origin[i]!]).concat(0, 0, 0, 1)),
    };
    return rasterize(geometry, camera).inverseDepth;
  };
  if (light.kind === "sun") {
    const side = 3 * size;
    const z = scale(normalize(light.position), -1);
    const x = normalize(cross(z, Math.abs(z[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0]));
    const y = cross(z, x);
    const origin = scale(z, -SUN_DISTANCE);
    const focal = (SUN_DISTANCE * side) / (2 * SUN_REACH);
    return { light, size: side, focal, origin, axes: [x, y, z], faces: [look(x, y, z, origin, focal, side)] };
  }
  const faces = Array.from({ length: 6 }, (_, face) => {
    const axis = face >> 1;
    const [x, y, z] = [AXES[(axis + 1) % 3]!, AXES[(axis + 2) % 3]!, AXES[axis]!];
    return face & 1
      ? look(y, x, scale(z, -1), light.position, size / 2, size)
      : look(x, y, z, light.position, size / 2, size);
  });
  return { light, size, focal: size / 2, origin: light.position, axes: AXES, faces };
}

/** Share of the light, 0 to 1, that reaches the point (x, y, z) of a surface with normal (nx, ny, nz). */
export function lightAccess(
  map: ShadowMap,
  x: number,
  y: number,
  z: number,
  nx: number,
  ny: number,
  nz: number,
): number {
  const { size, focal, origin, axes, faces } = map;
  const isSun = map.light.kind === "sun";
  let dx = x - origin[0];
  let dy = y - origin[1];
  let dz = z - origin[2];
  // An offset along the normal by some texels avoids self-shadowing.
  const lift = (2 * (isSun ? SUN_DISTANCE : Math.sqrt(dx * dx + dy * dy + dz * dz))) / focal;
  dx += lift * nx;
  dy += lift * ny;
  dz += lift * nz;
  let u = 0;
  let v = 0;
  let depth = 0;
  let face = 0;
  if (isSun) {
    u = axes[0][0] * dx + axes[0][1] * dy + axes[0][2] * dz;
    v = axes[1][0] * dx + axes[1][1] * dy + axes[1][2] * dz;
    depth = axes[2][0] * dx + axes[2][1] * dy + axes[2][2] * dz;
  } else {
    const ax = Math.abs(dx);
    const ay = Math.abs(dy);
    const az = Math.abs(dz);
    const axis = ax >= ay && ax >= az ? 0 : ay >= az ? 1 : 2;
    const along = axis === 0 ? dx : axis === 1 ? dy : dz;
    const first = axis === 0 ? dy : axis === 1 ? dz : dx;
    const second = axis === 0 ? dz : axis === 1 ? dx : dy;
    face = along < 0 ? 2 * axis + 1 : 2 * axis;
    depth = Math.abs(along);
    u = along < 0 ? second : first;
    v = along < 0 ? first : second;
  }
  const texels = faces[face]!;
  const px = (size - 1) / 2 + (focal * u) / depth;
  const py = (size - 1) / 2 + (focal * v) / depth;
  const i = Math.floor(px);
  const j = Math.floor(py);
  if (i < 0 || j < 0 || i >= size - 1 || j >= size - 1) return 1;
  const at = j * size + i;
  const s = px - i;
  const t = py - j;
  const inverse = 1 / depth;
  let light = 0;
  if (texels[at]! < inverse) light += (1 - s) * (1 - t);
  if (texels[at + 1]! < inverse) light += s * (1 - t);
  if (texels[at + size]! < inverse) light += (1 - s) * t;
  if (texels[at + size + 1]! < inverse) light += s * t;
  return light;
}
