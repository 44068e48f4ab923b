import { gaussian, type Random } from "../core/random.ts";
import { type Mesh, pointAt } from "./mesh.ts";
import { add, cross, normalize, scale, subtract, type Vec3 } from "./vec3.ts";

/** A continuous map of space, so that duplicated vertices of a sharp edge stay together. */
export type Deformation = (point: Vec3) => Vec3;

/** The mesh with every vertex moved and its normals taken anew from its faces. */
export function deform(mesh: Mesh, deformation: Deformation): Mesh {
  const positions = new Float32Array(mesh.positions.length);
  for (let v = 0; v < positions.length / 3; v++) positions.set(deformation(pointAt(mesh.positions, v)), 3 * v);
  return { positions, normals: vertexNormals(positions, mesh.triangles), triangles: mesh.triangles };
}

function vertexNormals(positions: Float32Array, triangles: Uint32Array): Float32Array {
  const normals = new Float32Array(positions.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!];
    const [a, b, c] = corners.map((corner) => pointAt(positions, corner)) as [Vec3, Vec3, Vec3];
    const weighted = cross(subtract(b, a), subtract(c, a));
    for (const corner of corners) normals.set(add(pointAt(normals, corner), weighted), 3 * corner);
  }
  for (let v = 0; v < normals.length / 3; v++) normals.set(normalize(pointAt(normals, v)), 3 * v);
  return normals;
}

/** Every triangle split into four, `times` times over, so that a flat face can be displaced. */
export function subdivide(mesh: Mesh, times: number): Mesh {
  if (times === 0) return mesh;
  const positions = Array.from(mesh.positions);
  const normals = Array.from(mesh.normals);
  const triangles: number[] = [];
  const midpoints = new Map<number, number>();
  const vertices = positions.length / 3;
  const midpoint = (a: number, b: number): number => {
    const key = Math.min(a, b) * vertices + Math.max(a, b);
    const known = midpoints.get(key);
    if (known !== undefined) return known;
    const index = positions.length / 3;
    positions.push(...scale(add(pointAt(mesh.positions, a), pointAt(mesh.positions, b)), 0.5));
    normals.push(...normalize(add(pointAt(mesh.normals, a), pointAt(mesh.normals, b))));
    midpoints.set(key, index);
    return index;
  };
  for (let t = 0; t < mesh.triangles.length; t += 3) {
    const [a, b, c] = [mesh.triangles[t]!, mesh.triangles[t + 1]!, mesh.triangles[t + 2]!];
    const [ab, bc, ca] = [midpoint(a, b), midpoint(b, c), midpoint(c, a)];
    triangles.push(a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca);
  }
  const finer = {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    triangles: Uint32Array.from(triangles),
  };
  return subdivide(finer, times - 1);
}

/** A smooth random scalar field of mean 0 and deviation about 1 whose details are about `wavelength` wide. */
export function waveField(random: Random, wavelength: number, waves = 6): (point: Vec3) => number {
  const terms = Array.from({ length: waves }, (_, i) => {
    const octave = 1 + (i % 3);
    const direction = normalize([gaussian(random), gaussian(random), gaussian(random)]);
    return {
      vector: scale(direction, (2 * Math.PI * octave) / wavelength),
      phase: 2 * Math.PI * random(),
      amplitude: Math.sqrt(2 / waves) / octave,
    };
  });
  return ([x, y, z]) => {
    let sum = 0;
    for (const { vector, phase, amplitude } of terms) {
      sum += amplitude * Math.sin(vector[0] * x + vector[1] * y + vector[2] * z + phase);
    }
    return sum;
  };
}

/** Height-field displacement along the direction from the origin by `amplitude` times a wave field. */
export function displacement(random: Random, options: { amplitude: number; wavelength: number }): Deformation {
  const field = waveField(random, options.wavelength);
  return (point) => add(point, scale(normalize(point), options.amplitude * field(point)));
}

/** A twist around z by `radians` per unit of height, and a scaling of the cross-section by `1 + taper * z`. */
export function twistAndTaper(radians: number, taper: number): Deformation {
  return ([x, y, z]) => {
    const [c, s] = [Math.cos(radians * z), Math.sin(radians * z)];
    const factor = 1 + taper * z;
    return [factor * (c * x - s * y), factor * (s * x + c * y), z];
  };
}
