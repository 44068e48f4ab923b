import { rotationOf, translationOf } from "../src/geometry/pose.ts";
import { registerPointsRobustly } from "../src/geometry/register-points-robustly.ts";
import { rotationAngle } from "../src/geometry/rotation.ts";
import { IDENTITY_SIMILARITY, moveCamera, type Similarity } from "../src/geometry/similarity.ts";
import { isSameDepth, reproject } from "../src/rgbd/reproject.ts";
import type { PosedCamera, RgbdView } from "../src/rgbd/rgbd-view.ts";
import { sourceFromReference } from "../src/stereo/source-from-reference.ts";

/** How far a camera is from the true one, once all are moved onto the true ones. */
export interface CameraErrors {
  /** Share of the focal length, with its sign. */
  readonly focal: number;
  /** Degrees. */
  readonly rotation: number;
  /** Distance of the centers, as a share of the photo's median depth. */
  readonly center: number;
  /** Median distance in pixels of true matches from their epipolar lines. */
  readonly epipolar: number;
  /** Share of the true matches that these cameras triangulate within 1 % of the true depth: no stereo can do better. */
  readonly right: number;
}

/** Every so many pixels of a photo are matched. */
const STRIDE = 8;

/** The true world from another, by camera centers; undefined where these lie on a line. */
export function trueFromWorld(truth: readonly RgbdView[], cameras: readonly PosedCamera[]): Similarity | undefined {
  const centers = (of: readonly PosedCamera[]) =>
    Float64Array.from(of.flatMap(({ worldFromCam }) => [...translationOf(worldFromCam)]));
  const weights = new Float32Array(truth.length).fill(1);
  const registration = registerPointsRobustly(centers(cameras), centers(truth), weights);
  return registration.status === "ok" ? registration.targetFromSource : undefined;
}

/** By camera, in the order given. */
export function cameraErrors(
  truth: readonly RgbdView[],
  cameras: readonly PosedCamera[],
  trueFromTheirs: Similarity = IDENTITY_SIMILARITY,
): CameraErrors[] {
  const moved = cameras.map((camera) => ({ ...camera, worldFromCam: moveCamera(trueFromTheirs, camera.worldFromCam) }));
  return moved.map((camera, i) => {
    const view = truth[i]!;
    const [a, b] = [translationOf(view.worldFromCam), translationOf(camera.worldFromCam)];
    const misses: number[] = [];
    let right = 0;
    for (const [j, other] of truth.entries()) {
      if (j === i) continue;
      for (const { miss, ratio } of trueMatches([view, other], [camera, moved[j]!])) {
        misses.push(miss);
        right += Number(Math.abs(ratio - 1) < 0.01);
      }
    }
    return {
      focal: camera.intrinsics.fx / view.intrinsics.fx - 1,
      rotation: (180 / Math.PI) * rotationAngle(rotationOf(view.worldFromCam), rotationOf(camera.worldFromCam)),
      center: Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) / median(view.depth.filter((z) => z > 0)),
      epipolar: median(misses),
      right: right / misses.length,
    };
  });
}

/** For pixels that both photos see: their distance from the epipolar line, and what their triangulated depth is of the true one. */
function trueMatches(
  [view, other]: readonly [RgbdView, RgbdView],
  [camera, otherCamera]: readonly [PosedCamera, PosedCamera],
): { readonly miss: number; readonly ratio: number }[] {
  const truly = sourceFromReference(other, view);
  const { turn, shift } = sourceFromReference(otherCamera, camera);
  const matches: { readonly miss: number; readonly ratio: number }[] = [];
  const place = ({ turn: r, shift: t }: typeof truly, x: number, y: number, w: number) => {
    const z = r[6] * x + r[7] * y + r[8] + t[2] * w;
    return [(r[0] * x + r[1] * y + r[2] + t[0] * w) / z, (r[3] * x + r[4] * y + r[5] + t[1] * w) / z, z] as const;
  };
  const visit = (pixel: number, target: number, depth: number): void => {
    if (!isSameDepth(other.depth[target]!, depth)) return;
    const [x, y] = [pixel % view.width, Math.floor(pixel / view.width)];
    const known = 1 / view.depth[pixel]!;
    const [u, v] = place(truly, x, y, known);
    // The nearest point of the epipolar line: Gauss-Newton over the inverse depth.
    let [w, miss] = [known, 0];
    for (let k = 0; k < 4; k++) {
      const [atU, atV, z] = place({ turn, shift }, x, y, w);
      const [du, dv] = [(shift[0] - atU * shift[2]) / z, (shift[1] - atV * shift[2]) / z];
      const square = du * du + dv * dv;
      miss = Math.abs((u - atU) * dv - (v - atV) * du) / Math.sqrt(square);
      w += ((u - atU) * du + (v - atV) * dv) / square;
    }
    matches.push({ miss, ratio: known / w });
  };
  reproject(view, other, visit, STRIDE);
  return matches;
}

function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
