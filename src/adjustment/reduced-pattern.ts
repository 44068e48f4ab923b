import { type BlockPattern, blockPattern } from "./block-matrix.ts";
import type { Objective } from "./objective.ts";
import { pointsByPhoto } from "./observations-by-point.ts";
import type { Unknowns } from "./unknowns.ts";

/**
 * Which blocks of the camera system are not zero once points are eliminated: those of photos and cameras that a point has in
 * common.
 */
export function reducedPattern({ observations }: Objective, unknowns: Unknowns): BlockPattern {
  const { starts, photo, photoCameras } = observations;
  const { photoBlocks, cameraBlocks, offsets } = unknowns;
  const pointsOf = pointsByPhoto(observations);
  const photosOf = photosByBlock(unknowns, photoCameras);
  const seenFrom = new Int32Array(offsets.length - 1).fill(-1);
  return blockPattern(offsets, (row) => {
    const columns: number[] = [];
    const visit = (block: number) => {
      if (block < 0 || block >= row || seenFrom[block] === row) return;
      seenFrom[block] = row;
      columns.push(block);
    };
    for (const member of photosOf[row]!) {
      visit(photoBlocks[member]!);
      for (const point of pointsOf(member)) {
        for (let k = starts[point]!; k < starts[point + 1]!; k++) {
          visit(photoBlocks[photo[k]!]!);
          visit(cameraBlocks[photoCameras[photo[k]!]!]!);
        }
      }
    }
    return columns;
  });
}

/** The photos whose observations depend on a block. */
function photosByBlock({ photoBlocks, cameraBlocks, offsets }: Unknowns, photoCameras: Uint32Array): number[][] {
  const photos: number[][] = Array.from({ length: offsets.length - 1 }, () => []);
  for (const [photo, camera] of photoCameras.entries()) {
    for (const block of [photoBlocks[photo]!, cameraBlocks[camera]!]) photos[block]?.push(photo);
  }
  return photos;
}
