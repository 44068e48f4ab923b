import { addFocalPriors } from "./add-focal-priors.ts";
import { type BlockPattern, diagonalBlock, findBlock } from "./block-matrix.ts";
import type { BundleState } from "./bundle-state.ts";
import { linearize, type Objective } from "./objective.ts";
import { addObservation, emptyPointBlock, invertDamped } from "./point-block.ts";
import type { ReducedSystem } from "./reduced-system.ts";
import {
  BY_CAMERA,
  BY_PHOTO,
  BY_POINT,
  ERROR,
  emptyReprojection,
  packFree,
  type Reprojection,
  ROW,
} from "./reprojection.ts";
import { PHOTO_DOF, type Unknowns } from "./unknowns.ts";

/**
 * Fills the system: eliminates every point from (JᵀJ + damping · diag JᵀJ) step = −gradient, one after the other, which makes it
 * the Schur complement (Triggs et al., Bundle Adjustment — A Modern Synthesis, section 6.1). Nothing is kept per observation.
 */
export function reduceToCameras(
  system: ReducedSystem,
  objective: Objective,
  unknowns: Unknowns,
  { state, damping }: { readonly state: BundleState; readonly damping: number },
): void {
  const { starts, photo, photoCameras } = objective.observations;
  const { photoBlocks, cameraBlocks, freeIntrinsics, offsets } = unknowns;
  const { pattern, values, right, track } = system;
  for (const list of [values, right, system.gradient, system.scale]) list.fill(0);
  const crossBlocks = blocksOfPhotoAndCamera(unknowns, pattern, photoCameras);
  const reprojection = emptyReprojection();
  const own = emptyPointBlock();
  const inverse = new Float64Array(6);
  for (let point = 0; point < starts.length - 1; point++) {
    own.fill(0);
    track.clear();
    for (let k = starts[point]!; k < starts[point + 1]!; k++) {
      if (Number.isNaN(linearize(objective, state, k, point, reprojection))) continue;
      addObservation(own, reprojection);
      const taken = photo[k]!;
      const photoBlock = photoBlocks[taken]!;
      if (photoBlock >= 0) {
        addToDiagonal(system, photoBlock, reprojection, BY_PHOTO, PHOTO_DOF);
        addProduct(track.numbers, track.place(photoBlock), reprojection, BY_POINT, 3, BY_PHOTO, PHOTO_DOF);
      }
      const cameraBlock = cameraBlocks[photoCameras[taken]!]!;
      if (cameraBlock >= 0) {
        const size = packFree(reprojection, freeIntrinsics[photoCameras[taken]!]!);
        addToDiagonal(system, cameraBlock, reprojection, BY_CAMERA, size);
        addProduct(track.numbers, track.place(cameraBlock), reprojection, BY_POINT, 3, BY_CAMERA, size);
        if (photoBlock >= 0)
          addProduct(values, crossBlocks[taken]!, reprojection, BY_CAMERA, size, BY_PHOTO, PHOTO_DOF);
      }
    }
    invertDamped(own, damping, inverse);
    track.eliminate(right, own, inverse);
  }
  addFocalPriors(system, objective, unknowns, state);
  damp(system, damping);
  for (let i = 0; i < offsets.at(-1)!; i++) right[i]! -= system.gradient[i]!;
}

/** Where the values are that bind each photo to its camera; -1 where one of them is fixed. */
function blocksOfPhotoAndCamera(
  { photoBlocks, cameraBlocks }: Unknowns,
  pattern: BlockPattern,
  photoCameras: Uint32Array,
): Int32Array {
  return photoBlocks.map((photoBlock, photo) => {
    const cameraBlock = cameraBlocks[photoCameras[photo]!]!;
    return photoBlock < 0 || cameraBlock < 0 ? -1 : findBlock(pattern, cameraBlock, photoBlock);
  });
}

/** Adds JᵀJ and Jᵀe of one block's own derivatives, which start at `from`. */
function addToDiagonal(
  { pattern, values, gradient, scale }: ReducedSystem,
  block: number,
  reprojection: Reprojection,
  from: number,
  size: number,
): void {
  addProduct(values, diagonalBlock(pattern, block), reprojection, from, size, from, size);
  const errorX = reprojection[ERROR]!;
  const errorY = reprojection[ERROR + ROW]!;
  for (let i = 0, at = pattern.offsets[block]!; i < size; i++, at++) {
    const x = reprojection[from + i]!;
    const y = reprojection[from + i + ROW]!;
    gradient[at]! += x * errorX + y * errorY;
    scale[at]! += x * x + y * y;
  }
}

/** Adds a product Aᵀ B of derivatives, `[rows, columns]`, to a block that starts at `at`. */
function addProduct(
  values: Float64Array,
  at: number,
  reprojection: Reprojection,
  rowsFrom: number,
  rows: number,
  columnsFrom: number,
  columns: number,
): void {
  let to = at;
  for (let i = rowsFrom; i < rowsFrom + rows; i++) {
    const x = reprojection[i]!;
    const y = reprojection[i + ROW]!;
    for (let j = columnsFrom; j < columnsFrom + columns; j++, to++) {
      values[to]! += x * reprojection[j]! + y * reprojection[j + ROW]!;
    }
  }
}

function damp({ pattern, values, scale }: ReducedSystem, damping: number): void {
  const { offsets } = pattern;
  for (let block = 0; block < offsets.length - 1; block++) {
    const size = offsets[block + 1]! - offsets[block]!;
    for (let i = 0, at = diagonalBlock(pattern, block); i < size; i++, at += size + 1) {
      const unknown = offsets[block]! + i;
      if (scale[unknown]! > 0) values[at]! += damping * scale[unknown]!;
      else {
        // Nothing depends on it.
        scale[unknown] = 1;
        values[at] = 1;
      }
    }
  }
}
