import type { Random } from "../core/random.ts";
import { type GeometryPart, geometryPart, type PartedGeometry } from "./geometry-part.ts";
import type { Material } from "./material.ts";
import type { Mesh } from "./mesh.ts";
import type { Placement } from "./placement.ts";
import type { Sky } from "./sky.ts";
import { add, cross, dot, normalize, scale, subtract, type Vec3 } from "./vec3.ts";

/** One thing of one material in a scene. */
export interface SceneObject {
  readonly mesh: Mesh;
  readonly placement: Placement;
  readonly material: Material;
  /** The number of the only photo that shows it: something that moves. */
  readonly photo?: number;
}

/** A lamp, or the sun when `position` is a direction toward it. */
export interface Light {
  readonly kind: "sun" | "lamp";
  readonly position: Vec3;
  /** Irradiance of the sun; intensity of a lamp (falls off with the squared distance). */
  readonly color: Vec3;
}

/** A scene as its layout describes it, before it is flattened. */
export interface SceneDescription {
  readonly objects: readonly SceneObject[];
  readonly lights: readonly Light[];
  readonly sky: Sky;
  /** Share of the sky's light that arrives everywhere: 1 outdoors. */
  readonly ambient: number;
}

/** A scene ready to be rendered: z up, meters. */
export interface SceneModel extends PartedGeometry {
  /** One per object. */
  readonly parts: readonly ScenePart[];
  /** `[vertices, 3]` in the world. */
  readonly normals: Float32Array;
  /** `[triangles]`, index into `materials`; each object has its own. */
  readonly object: Uint16Array;
  /** `[triangles, 20]`: geometric normal and 0, then four affine functions of a world point: two barycentric coordinates, u, v. */
  readonly frames: Float32Array;
  readonly materials: readonly Material[];
  readonly lights: readonly Light[];
  readonly sky: Sky;
  readonly ambient: number;
}

/** The triangles of one object. */
export interface ScenePart extends GeometryPart {
  readonly photo: number | undefined;
}

/** What stands still, and what moves as `photo` shows it; nothing of this where left out. */
export function sceneAt(scene: SceneModel, photo?: number): SceneModel {
  return { ...scene, parts: scene.parts.filter((part) => part.photo === undefined || part.photo === photo) };
}

/** Numbers per triangle in `SceneModel.frames`. */
export const FRAME = 20;

/** Flattens a description into arrays; triangles without area are dropped. */
export function compileScene(description: SceneDescription, random: Random): SceneModel {
  const { objects } = description;
  const vertices = objects.reduce((sum, { mesh }) => sum + mesh.positions.length, 0);
  const corners = objects.reduce((sum, { mesh }) => sum + mesh.triangles.length, 0);
  const positions = new Float32Array(vertices);
  const normals = new Float32Array(vertices);
  const triangles = new Uint32Array(corners);
  const owner = new Uint16Array(corners / 3);
  const frames = new Float32Array((FRAME * corners) / 3);
  const parts: ScenePart[] = [];
  let vertex = 0;
  let used = 0;
  objects.forEach(({ mesh, placement, material, photo }, index) => {
    placeVertices(mesh, placement, { positions, normals, at: vertex });
    const axes = textureAxes(placement, material, random);
    const firstTriangle = used;
    for (let t = 0; t < mesh.triangles.length; t += 3) {
      const a = mesh.triangles[t]! + vertex / 3;
      const b = mesh.triangles[t + 1]! + vertex / 3;
      const c = mesh.triangles[t + 2]! + vertex / 3;
      if (!writeFrame(frames, FRAME * used, positions, [3 * a, 3 * b, 3 * c], axes)) continue;
      if (mesh.uvs) writeCoordinates(frames, FRAME * used, mesh.uvs, mesh.triangles.subarray(t, t + 3));
      triangles[3 * used] = a;
      triangles[3 * used + 1] = b;
      triangles[3 * used + 2] = c;
      owner[used++] = index;
    }
    const firstVertex = vertex / 3;
    vertex += mesh.positions.length;
    const runs = { firstVertex, endVertex: vertex / 3, firstTriangle, endTriangle: used };
    parts.push({ ...geometryPart(positions, runs), photo, twoSided: material.twoSided ?? false });
  });
  return {
    positions,
    normals,
    triangles: triangles.slice(0, 3 * used),
    parts,
    object: owner.slice(0, used),
    frames: frames.slice(0, FRAME * used),
    materials: objects.map(({ material }) => material),
    lights: description.lights,
    sky: description.sky,
    ambient: description.ambient,
  };
}

function placeVertices(
  mesh: Mesh,
  { axes, origin }: Placement,
  target: { positions: Float32Array; normals: Float32Array; at: number },
): void {
  const [a, b, c] = axes;
  // Normals turn with the cofactors of the axes.
  const [na, nb, nc] = [cross(b, c), cross(c, a), cross(a, b)];
  for (let i = 0; i < mesh.positions.length; i += 3) {
    const [x, y, z] = [mesh.positions[i]!, mesh.positions[i + 1]!, mesh.positions[i + 2]!];
    const [u, v, w] = [mesh.normals[i]!, mesh.normals[i + 1]!, mesh.normals[i + 2]!];
    const nx = na[0] * u + nb[0] * v + nc[0] * w;
    const ny = na[1] * u + nb[1] * v + nc[1] * w;
    const nz = na[2] * u + nb[2] * v + nc[2] * w;
    const shrink = 1 / (Math.sqrt(nx * nx + ny * ny + nz * nz) || 1);
    for (let k = 0; k < 3; k++) {
      target.positions[target.at + i + k] = origin[k]! + a[k]! * x + b[k]! * y + c[k]! * z;
    }
    target.normals[target.at + i] = nx * shrink;
    target.normals[target.at + i + 1] = ny * shrink;
    target.normals[target.at + i + 2] = nz * shrink;
  }
}

/** The two world axes, in repeats of the texture, that carry u and v on the faces toward each axis of an object. */
interface TextureAxes {
  readonly facing: Vec3;
  readonly u: Vec3;
  readonly v: Vec3;
  readonly uOffset: number;
  readonly vOffset: number;
}

function textureAxes({ axes, origin }: Placement, material: Material, random: Random): TextureAxes[] {
  const units = axes.map(normalize) as [Vec3, Vec3, Vec3];
  return units.map((facing, main) => {
    const [p, q] = [units[(main + 1) % 3]!, units[(main + 2) % 3]!];
    // Keeps courses of bricks level on all sides.
    const turn = material.rotation + (main === 1 ? Math.PI / 2 : 0);
    const [c, s] = [Math.cos(turn) * material.tilesPerMeter, Math.sin(turn) * material.tilesPerMeter];
    const u = add(scale(p, c), scale(q, s));
    const v = subtract(scale(q, c), scale(p, s));
    return { facing, u, v, uOffset: random() - dot(u, origin), vOffset: random() - dot(v, origin) };
  });
}

/** Writes the affine functions of one triangle, corners at offsets a, b, c of `positions`; false when it has no area. */
function writeFrame(
  frame: Float32Array,
  at: number,
  positions: Float32Array,
  [a, b, c]: readonly [number, number, number],
  axes: readonly TextureAxes[],
): boolean {
  const ax = positions[a]!;
  const ay = positions[a + 1]!;
  const az = positions[a + 2]!;
  const ux = positions[b]! - ax;
  const uy = positions[b + 1]! - ay;
  const uz = positions[b + 2]! - az;
  const vx = positions[c]! - ax;
  const vy = positions[c + 1]! - ay;
  const vz = positions[c + 2]! - az;
  const nx = uy * vz - uz * vy;
  const ny = uz * vx - ux * vz;
  const nz = ux * vy - uy * vx;
  const squared = nx * nx + ny * ny + nz * nz;
  if (!(squared > 1e-16)) return false;
  const length = Math.sqrt(squared);
  frame[at] = nx / length;
  frame[at + 1] = ny / length;
  frame[at + 2] = nz / length;
  // The vectors dual to the two edges give the barycentric coordinates.
  writeAffine(
    frame,
    at + 4,
    (vy * nz - vz * ny) / squared,
    (vz * nx - vx * nz) / squared,
    (vx * ny - vy * nx) / squared,
  );
  writeAffine(
    frame,
    at + 8,
    (ny * uz - nz * uy) / squared,
    (nz * ux - nx * uz) / squared,
    (nx * uy - ny * ux) / squared,
  );
  for (const f of [at + 4, at + 8]) frame[f + 3] = -(frame[f]! * ax + frame[f + 1]! * ay + frame[f + 2]! * az);
  let best = -1;
  let chosen = axes[0]!;
  for (const candidate of axes) {
    const { facing } = candidate;
    const toward = Math.abs(facing[0] * nx + facing[1] * ny + facing[2] * nz);
    if (toward > best) {
      best = toward;
      chosen = candidate;
    }
  }
  const { u, v } = chosen;
  writeAffine(frame, at + 12, u[0], u[1], u[2]);
  frame[at + 15] = chosen.uOffset;
  writeAffine(frame, at + 16, v[0], v[1], v[2]);
  frame[at + 19] = chosen.vOffset;
  return true;
}

/** Texture coordinates of the corners as affine functions of a world point, from the barycentric ones. */
function writeCoordinates(frame: Float32Array, at: number, uvs: Float32Array, [a, b, c]: Uint32Array): void {
  for (let axis = 0; axis < 2; axis++) {
    const origin = uvs[2 * a! + axis]!;
    const [along1, along2] = [uvs[2 * b! + axis]! - origin, uvs[2 * c! + axis]! - origin];
    for (let i = 0; i < 4; i++) {
      frame[at + 12 + 4 * axis + i] =
        along1 * frame[at + 4 + i]! + along2 * frame[at + 8 + i]! + (i === 3 ? origin : 0);
    }
  }
}

function writeAffine(frame: Float32Array, at: number, x: number, y: number, z: number): void {
  frame[at] = x;
  frame[at + 1] = y;
  frame[at + 2] = z;
}
