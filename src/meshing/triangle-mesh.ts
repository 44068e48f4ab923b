/** A surface of triangles. */
export interface TriangleMesh {
  /** `[count, 3]`, in the world frame and its unit. */
  readonly positions: Float32Array;
  /** `[triangles, 3]`, indices of vertices, counter-clockwise as cameras see them. */
  readonly triangles: Uint32Array;
}

/** A mesh with the vertices that its triangles use, in their order, and which of the former ones they are. */
export function compacted({ positions, triangles }: TriangleMesh): TriangleMesh & { readonly kept: Uint32Array } {
  const place = new Int32Array(positions.length / 3).fill(-1);
  const kept: number[] = [];
  const renamed = triangles.map((vertex) => {
    if (place[vertex]! < 0) place[vertex] = kept.push(vertex) - 1;
    return place[vertex]!;
  });
  const used = new Float32Array(3 * kept.length);
  for (const [i, vertex] of kept.entries()) {
    for (let k = 0; k < 3; k++) used[3 * i + k] = positions[3 * vertex + k]!;
  }
  return { positions: used, triangles: renamed, kept: Uint32Array.from(kept) };
}

/** `[count, 3]`: normals of vertices, of length 1, the mean of those of their triangles by area. */
export function vertexNormals({ positions: p, triangles }: TriangleMesh): Float32Array {
  const normals = new Float32Array(p.length);
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [3 * triangles[i]!, 3 * triangles[i + 1]!, 3 * triangles[i + 2]!];
    const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
    const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
    const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    for (const at of [a, b, c]) {
      normals[at]! += nx;
      normals[at + 1]! += ny;
      normals[at + 2]! += nz;
    }
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i]!, normals[i + 1]!, normals[i + 2]!);
    // Triangles without an area have no normal; any will do.
    if (length === 0) normals[i + 2] = 1;
    else for (let k = 0; k < 3; k++) normals[i + k]! /= length;
  }
  return normals;
}
