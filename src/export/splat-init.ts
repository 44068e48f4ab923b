import { encodePly } from "../formats/ply.ts";
import type { ScenePoints } from "./scene-points.ts";

/** As many Gaussians as trainers usually start from; more only cost them memory. */
const MOST_POINTS = 100_000;

/**
 * The points from which trainers of Gaussian splats start, in the layout they read: x y z, nx ny nz (all 0: no trainer
 * uses them), red green blue as bytes. An even choice of at most 100,000 of the scene's points, in the world frame.
 */
export function encodeSplatInit({ positions, colors, confidences }: ScenePoints): Uint8Array {
  const total = confidences.length;
  const count = Math.min(total, MOST_POINTS);
  const chosen = {
    positions: new Float32Array(3 * count),
    colors: new Uint8Array(3 * count),
  };
  for (let i = 0; i < count; i++) {
    const from = 3 * Math.floor((i * total) / count);
    chosen.positions.set(positions.subarray(from, from + 3), 3 * i);
    chosen.colors.set(colors.subarray(from, from + 3), 3 * i);
  }
  return encodePly([
    { names: ["x", "y", "z"], values: chosen.positions },
    { names: ["nx", "ny", "nz"], values: new Float32Array(3 * count) },
    { names: ["red", "green", "blue"], values: chosen.colors },
  ]);
}
