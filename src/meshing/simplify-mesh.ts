import { selectRows } from "../core/select-rows.ts";
import { compacted, type TriangleMesh } from "./triangle-mesh.ts";

/** A mesh with a color for each vertex. */
export interface ColoredMesh extends TriangleMesh {
  /** `[count, 3]`, sRGB. */
  readonly colors: Uint8Array;
}

/** How much is simplified. */
export interface SimplifyOptions {
  /** No vertex moves farther off the surface, while `mostTriangles` allows. */
  readonly tolerance: number;
  readonly mostTriangles: number;
}

/**
 * A difference of colors, of 1, that counts as much as `tolerance` by the simplifier's measure, which takes means over surroundings: of
 * vertices in random colors four fifths stay, of those that differ by a fifth of that one in five.
 */
const COLOR_TOLERANCE = 0.006;

/** A mesh with fewer triangles where it is smooth and of one color, by edge collapses under quadric errors. */
export async function simplifyMesh(
  mesh: ColoredMesh,
  { tolerance, mostTriangles }: SimplifyOptions,
): Promise<ColoredMesh> {
  const { positions, triangles, colors } = mesh;
  if (triangles.length === 0) return mesh;
  // Loaded where a mesh is made, so that pages that make none do not carry it.
  const { MeshoptSimplifier } = await import("meshoptimizer/simplifier");
  await MeshoptSimplifier.ready;
  const attributes = Float32Array.from(colors, (value) => value / 255);
  // Weights are relative to the extent of the whole.
  const weight = tolerance / MeshoptSimplifier.getScale(positions, 3) / COLOR_TOLERANCE;
  const reduce = (indices: Uint32Array, target: number, error: number): Uint32Array => {
    const weights = [weight, weight, weight];
    const flags = ["ErrorAbsolute"] as const;
    return MeshoptSimplifier.simplifyWithAttributes(
      indices,
      positions,
      3,
      attributes,
      3,
      weights,
      null,
      target,
      error,
      [...flags],
    )[0];
  };
  const fine = reduce(triangles, 0, tolerance);
  const few = fine.length > 3 * mostTriangles ? reduce(fine, 3 * mostTriangles, Number.MAX_VALUE) : fine;
  const { kept, ...reduced } = compacted({ positions, triangles: few });
  return {
    ...reduced,
    colors: selectRows(colors, kept, 3),
  };
}
