import type { PlaneMap } from "../geometry/plane-map.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import { type SourceFromReference, sourceFromReference } from "./source-from-reference.ts";

/** How far a plane of one photo and those of another disagree. */
export interface GeometricError {
  /**
   * Pixels between a pixel and where it comes back to: its point at inverse depth `w`, seen in the other photo, at that
   * photo's own depth, and seen in the first again. Infinite where the other photo has no depth or does not show the point.
   */
  at(x: number, y: number, w: number): number;
}

/** The disagreement of a photo with another whose planes are known. */
export function geometricError(reference: PosedCamera, source: PosedCamera, planes: PlaneMap): GeometricError {
  const forward = flat(sourceFromReference(source, reference));
  const back = flat(sourceFromReference(reference, source));
  const { width, height, inverseDepth, slopeX, slopeY } = planes;
  return {
    at(x, y, w) {
      const z = forward[6]! * x + forward[7]! * y + forward[8]! + forward[11]! * w;
      if (!(z > 0)) return Number.POSITIVE_INFINITY;
      const u = (forward[0]! * x + forward[1]! * y + forward[2]! + forward[9]! * w) / z;
      const v = (forward[3]! * x + forward[4]! * y + forward[5]! + forward[10]! * w) / z;
      const [column, row] = [Math.round(u), Math.round(v)];
      if (!(column >= 0 && row >= 0 && column < width && row < height)) return Number.POSITIVE_INFINITY;
      const at = row * width + column;
      const there = inverseDepth[at]!;
      if (!(there > 0)) return Number.POSITIVE_INFINITY;
      const own = there + (u - column) * slopeX[at]! + (v - row) * slopeY[at]!;
      const depth = back[6]! * u + back[7]! * v + back[8]! + back[11]! * own;
      if (!(depth > 0)) return Number.POSITIVE_INFINITY;
      const backX = (back[0]! * u + back[1]! * v + back[2]! + back[9]! * own) / depth;
      const backY = (back[3]! * u + back[4]! * v + back[5]! + back[10]! * own) / depth;
      return Math.hypot(backX - x, backY - y);
    },
  };
}

/** Rotation row by row, then the shift. */
function flat({ turn, shift }: SourceFromReference): Float64Array {
  return Float64Array.from([...turn, ...shift]);
}
