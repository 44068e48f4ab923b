import { cross, normalize, subtract, type Vec3 } from "./vec3.ts";

/** A closed triangle mesh in its own frame, z up. */
export interface Mesh {
  /** `[vertices, 3]`. */
  readonly positions: Float32Array;
  /** `[vertices, 3]`, unit length, outward. Vertices on a sharp edge are duplicated, one per side. */
  readonly normals: Float32Array;
  /** `[triangles, 3]`, counter-clockwise seen from outside. */
  readonly triangles: Uint32Array;
  /** `[vertices, 2]`, where in its texture each vertex lies, (0, 0) being the top left corner; by its place if left out. */
  readonly uvs?: Float32Array;
}

/** The point `vertex` of a `[n, 3]` array. */
export function pointAt(positions: Float32Array, vertex: number): Vec3 {
  return [positions[3 * vertex]!, positions[3 * vertex + 1]!, positions[3 * vertex + 2]!];
}

/** Collects vertices and faces of a mesh under construction. */
export interface MeshDraft {
  readonly positions: number[];
  readonly normals: number[];
  readonly triangles: number[];
}

/** An empty draft. */
export function draftMesh(): MeshDraft {
  return { positions: [], normals: [], triangles: [] };
}

/** Adds one vertex and returns its index. */
export function addVertex(draft: MeshDraft, position: Vec3, normal: Vec3): number {
  draft.positions.push(...position);
  draft.normals.push(...normal);
  return draft.positions.length / 3 - 1;
}

/** Adds a flat convex polygon, its corners counter-clockwise seen from outside, with vertices of its own. */
export function addFace(draft: MeshDraft, corners: readonly Vec3[]): void {
  const [a, b, c] = corners as [Vec3, Vec3, Vec3];
  const normal = normalize(cross(subtract(b, a), subtract(c, a)));
  const first = draft.positions.length / 3;
  for (const corner of corners) addVertex(draft, corner, normal);
  for (let i = 2; i < corners.length; i++) draft.triangles.push(first, first + i - 1, first + i);
}

/** The finished mesh. */
export function finishMesh(draft: MeshDraft): Mesh {
  return {
    positions: Float32Array.from(draft.positions),
    normals: Float32Array.from(draft.normals),
    triangles: Uint32Array.from(draft.triangles),
  };
}

/** Several meshes of one frame as one. */
export function mergeMeshes(meshes: readonly Mesh[]): Mesh {
  const vertices = meshes.reduce((sum, mesh) => sum + mesh.positions.length, 0);
  const corners = meshes.reduce((sum, mesh) => sum + mesh.triangles.length, 0);
  const merged = {
    positions: new Float32Array(vertices),
    normals: new Float32Array(vertices),
    triangles: new Uint32Array(corners),
  };
  let vertex = 0;
  let corner = 0;
  for (const mesh of meshes) {
    merged.positions.set(mesh.positions, vertex);
    merged.normals.set(mesh.normals, vertex);
    for (const index of mesh.triangles) merged.triangles[corner++] = index + vertex / 3;
    vertex += mesh.positions.length;
  }
  return merged;
}

/** Smallest and largest corner of the axis-aligned box around `positions` `[n, 3]`. */
export function boundsOf(positions: Float32Array): { readonly min: Vec3; readonly max: Vec3 } {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    const axis = i % 3;
    min[axis] = Math.min(min[axis]!, positions[i]!);
    max[axis] = Math.max(max[axis]!, positions[i]!);
  }
  return { min, max };
}
