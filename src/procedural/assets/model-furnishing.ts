import { type Material, picturedMaterial } from "../material.ts";
import { boundsOf, type Mesh, pointAt } from "../mesh.ts";
import type { Furnishing } from "../photos/furnishing.ts";
import { upright } from "../placement.ts";
import type { SceneObject } from "../scene-model.ts";
import { pictureTexture, type Texture } from "../texture.ts";
import { add, cross, normalize, subtract, type Vec3 } from "../vec3.ts";
import type { ModelSurface } from "./read-model.ts";

/** Faces that meet at less than this angle are one rounded surface: the cosine of 40 degrees. */
const ROUNDED = 0.77;

/**
 * A model as a piece of furniture, z up: its front, which is towards glTF's +z, looks to -y, and it stands on z = 0.
 * @param textureSize texels along a side of a picture on it
 */
export function modelFurnishing(surfaces: readonly ModelSurface[], textureSize: number): Furnishing {
  const turned = surfaces.map(({ positions }) => zUp(positions));
  const boxes = turned.map(boundsOf);
  const low = [0, 1, 2].map((i) => Math.min(...boxes.map(({ min }) => min[i]!))) as unknown as Vec3;
  const high = [0, 1, 2].map((i) => Math.max(...boxes.map(({ max }) => max[i]!))) as unknown as Vec3;
  const origin: Vec3 = [-(low[0] + high[0]) / 2, -high[1], -low[2]];
  const parts = surfaces.map((surface, i): SceneObject => {
    const { positions, triangles, uvs, picture, color } = surface;
    const mesh = { ...facets(turned[i]!, surface), triangles: Uint32Array.from(triangles, (_, corner) => corner) };
    const texture = picture === undefined ? BLANK : pictureTexture(picture, textureSize, false);
    const density = Math.sqrt(areaOf(uvs, 2, triangles) / Math.max(1e-9, areaOf(positions, 3, triangles)));
    const material: Material = picturedMaterial(texture, density, picture === undefined ? color : [1, 1, 1]);
    return { mesh, material: { ...material, twoSided: true }, placement: upright(origin) };
  });
  return { parts, width: high[0] - low[0], depth: high[1] - low[1], height: high[2] - low[2] };
}

/** White all over. */
const BLANK: Texture = { size: 1, levels: [new Uint8Array(4).fill(255)] };

function zUp(positions: Float32Array): Float32Array {
  const turned = new Float32Array(positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    turned[i] = positions[i]!;
    turned[i + 1] = -positions[i + 2]!;
    turned[i + 2] = positions[i + 1]!;
  }
  return turned;
}

/** The triangles with corners of their own, shaded smoothly where they meet at a blunt angle. */
function facets(positions: Float32Array, { triangles, uvs }: ModelSurface): Omit<Mesh, "triangles"> {
  const flat: Vec3[] = [];
  const around = new Map<number, Vec3[]>();
  const place = welded(positions);
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => pointAt(positions, triangles[t + k]!)) as [Vec3, Vec3, Vec3];
    const normal = cross(subtract(b, a), subtract(c, a));
    flat.push(normal);
    for (let k = 0; k < 3; k++) {
      const corner = place[triangles[t + k]!]!;
      const known = around.get(corner);
      if (known === undefined) around.set(corner, [normal]);
      else known.push(normal);
    }
  }
  const spread = {
    positions: new Float32Array(3 * triangles.length),
    normals: new Float32Array(3 * triangles.length),
    uvs: new Float32Array(2 * triangles.length),
  };
  triangles.forEach((vertex, i) => {
    const own = normalize(flat[(i / 3) | 0]!);
    let sum: Vec3 = [0, 0, 0];
    for (const other of around.get(place[vertex]!)!) {
      const length = Math.hypot(...other);
      const cosine = (own[0] * other[0] + own[1] * other[1] + own[2] * other[2]) / (length || 1);
      if (cosine > ROUNDED) sum = add(sum, other);
    }
    spread.positions.set(pointAt(positions, vertex), 3 * i);
    spread.normals.set(normalize(sum), 3 * i);
    spread.uvs.set(uvs.subarray(2 * vertex, 2 * vertex + 2), 2 * i);
  });
  return spread;
}

/** For every vertex the first one at the same place. */
function welded(positions: Float32Array): Int32Array {
  const first = new Map<string, number>();
  return Int32Array.from({ length: positions.length / 3 }, (_, vertex) => {
    const place = `${positions[3 * vertex]},${positions[3 * vertex + 1]},${positions[3 * vertex + 2]}`;
    const known = first.get(place) ?? vertex;
    first.set(place, known);
    return known;
  });
}

/** The area of triangles between points `[n, size]`. */
function areaOf(points: Float32Array, size: 2 | 3, triangles: Uint32Array): number {
  const at = (vertex: number): Vec3 => [
    points[size * vertex]!,
    points[size * vertex + 1]!,
    size === 3 ? points[3 * vertex + 2]! : 0,
  ];
  let area = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [at(triangles[t]!), at(triangles[t + 1]!), at(triangles[t + 2]!)];
    area += Math.hypot(...cross(subtract(b, a), subtract(c, a))) / 2;
  }
  return area;
}
