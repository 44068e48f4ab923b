import { invertRigid, transformPoints } from "../../geometry/pose.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { gridCoordinates, patchGrid } from "../../network/tokens.ts";
import type { TensorValues } from "../../runtime/device.ts";
import { cutBlocks } from "./pixel-blocks.ts";
import { planeBlock, planeShape } from "./plane-layout.ts";
import type { TrainingView } from "./training-view.ts";

/** What `pairGraph` is fed with, for both directions of every pair. */
export function pairBatch(
  pairs: readonly (readonly [TrainingView, TrainingView])[],
  config: NetworkConfig,
): TensorValues {
  const views = [...pairs.map(([first]) => first), ...pairs.map(([, second]) => second)];
  const partners = [...pairs.map(([, second]) => second), ...pairs.map(([first]) => first)];
  const p = config.patchSize;
  const grids = views.map(({ height, width }) => patchGrid(height, width, p));
  const { patches, pixels } = planeShape(config, grids[0]!);
  const count = views.length;
  const images = new Float32Array(count * 3 * patches * pixels);
  const points1 = new Float32Array(images.length);
  const points2 = new Float32Array(images.length);
  const valid = new Uint8Array(count * patches * pixels);
  views.forEach((view, i) => {
    const size = view.width * view.height;
    const partner = partners[i]!;
    const at = 3 * size * i;
    cutBlocks(view.image, view, { width: p, height: p }, [size, 1], images.subarray(at, at + 3 * size));
    const camFromWorld = invertRigid(view.worldFromCam);
    const own = transformPoints(camFromWorld, view.points);
    cutBlocks(own, view, planeBlock(config, view), [1, 3], points1.subarray(at, at + 3 * size));
    const others = transformPoints(camFromWorld, partner.points);
    cutBlocks(others, partner, planeBlock(config, partner), [1, 3], points2.subarray(at, at + 3 * size));
    cutBlocks(view.valid, view, planeBlock(config, view), [size, 1], valid.subarray(size * i, size * (i + 1)));
  });
  const float = (data: Float32Array, shape: readonly number[]) => ({ dtype: "float32", shape, data }) as const;
  const positions = gridCoordinates(grids);
  return {
    patches: float(images, [positions.length / 2, 3 * p * p]),
    positions: { dtype: "int64", shape: [positions.length / 2, 2], data: positions },
    points1: float(points1, [count, patches, 3, pixels]),
    points2: float(points2, [count, patches, 3, pixels]),
    valid: { dtype: "uint8", shape: [count, patches, 1, pixels], data: valid },
  };
}
