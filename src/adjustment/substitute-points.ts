import type { BundleState } from "./bundle-state.ts";
import { linearize, type Objective } from "./objective.ts";
import { addObservation, emptyPointBlock, invertDamped, multiplySymmetric3, POINT_GRADIENT } from "./point-block.ts";
import { BY_CAMERA, BY_PHOTO, BY_POINT, emptyReprojection, packFree, ROW } from "./reprojection.ts";
import { PHOTO_DOF, type Unknowns } from "./unknowns.ts";

/** The points' part of a step. */
export interface PointStep {
  /** `[points, 3]` */
  readonly change: Float64Array;
  /** Gradient times step. */
  readonly slope: number;
  /** Step times diag JᵀJ times step. */
  readonly scaled: number;
}

/** The points' step that goes with a step of photos and cameras: −V⁻¹ (g + Wᵀ x) in the terms of `TrackBlocks`. */
export function substitutePoints(
  objective: Objective,
  unknowns: Unknowns,
  { state, damping }: { readonly state: BundleState; readonly damping: number },
  cameraStep: Float64Array,
): PointStep {
  const { starts, photo, photoCameras } = objective.observations;
  const { photoBlocks, cameraBlocks, freeIntrinsics, offsets } = unknowns;
  const change = new Float64Array(state.points.length);
  const reprojection = emptyReprojection();
  const own = emptyPointBlock();
  const inverse = new Float64Array(6);
  const force = new Float64Array(3);
  let slope = 0;
  let scaled = 0;
  for (let point = 0; point < starts.length - 1; point++) {
    own.fill(0);
    force.fill(0);
    for (let k = starts[point]!; k < starts[point + 1]!; k++) {
      if (Number.isNaN(linearize(objective, state, k, point, reprojection))) continue;
      addObservation(own, reprojection);
      const photoBlock = photoBlocks[photo[k]!]!;
      const camera = photoCameras[photo[k]!]!;
      const cameraBlock = cameraBlocks[camera]!;
      const size = packFree(reprojection, freeIntrinsics[camera]!);
      for (let row = 0; row < 2 * ROW; row += ROW) {
        let shift = 0;
        if (photoBlock >= 0) {
          const at = offsets[photoBlock]!;
          for (let i = 0; i < PHOTO_DOF; i++) shift += reprojection[row + BY_PHOTO + i]! * cameraStep[at + i]!;
        }
        if (cameraBlock >= 0) {
          const at = offsets[cameraBlock]!;
          for (let i = 0; i < size; i++) shift += reprojection[row + BY_CAMERA + i]! * cameraStep[at + i]!;
        }
        for (let i = 0; i < 3; i++) force[i]! -= reprojection[row + BY_POINT + i]! * shift;
      }
    }
    for (let i = 0; i < 3; i++) force[i]! -= own[POINT_GRADIENT + i]!;
    invertDamped(own, damping, inverse);
    multiplySymmetric3(inverse, force, 0, change, 3 * point);
    for (let i = 0; i < 3; i++) {
      const value = change[3 * point + i]!;
      slope += value * own[POINT_GRADIENT + i]!;
      scaled += value * value * own[(i * (i + 3)) / 2]!;
    }
  }
  return { change, slope, scaled };
}
