import { compacted, type TriangleMesh } from "./triangle-mesh.ts";

/** Pieces of fewer triangles are islands, and those with less than this share of the largest piece's. */
const LEAST_TRIANGLES = 32;
const LEAST_SHARE = 0.002;

/** A mesh without its islands: small pieces that hang together with nothing. */
export function removeIslands(mesh: TriangleMesh): TriangleMesh {
  const { positions, triangles } = mesh;
  const parent = Int32Array.from({ length: positions.length / 3 }, (_, i) => i);
  const root = (vertex: number): number => {
    let top = vertex;
    while (parent[top] !== top) {
      parent[top] = parent[parent[top]!]!;
      top = parent[top]!;
    }
    return top;
  };
  for (let i = 0; i < triangles.length; i += 3) {
    const first = root(triangles[i]!);
    parent[root(triangles[i + 1]!)] = first;
    parent[root(triangles[i + 2]!)] = first;
  }
  const sizes = new Uint32Array(parent.length);
  for (let i = 0; i < triangles.length; i += 3) sizes[root(triangles[i]!)]!++;
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  const least = Math.max(LEAST_TRIANGLES, LEAST_SHARE * largest);
  const kept = triangles.filter((_, i) => sizes[root(triangles[i - (i % 3)]!)]! >= least);
  const { positions: used, triangles: renamed } = compacted({ positions, triangles: kept });
  return { positions: used, triangles: renamed };
}
