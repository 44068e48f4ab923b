import type { Size, View } from "./view.ts";

/** The pixels of an image whose lens is not known, and where its optical axis is taken to meet them. */
export interface ImagePlane extends Size {
  /** In pixels; the middle of the grid when left out. */
  readonly principalPoint?: readonly [x: number, y: number] | undefined;
}

/** The principal point of an image: pixel centers are at integers, so the middle of a grid is half its size less one half. */
export function principalPointOf({ width, height, principalPoint }: ImagePlane): readonly [x: number, y: number] {
  return principalPoint ?? [(width - 1) / 2, (height - 1) / 2];
}

/** A view's network pixels. Its optical axis goes through the middle of the original photo: crops may be a pixel aside. */
export function imagePlane({ width, height, original, originalFromNetwork }: View): ImagePlane {
  const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
  const [x, y] = principalPointOf(original);
  return { width, height, principalPoint: [(x - offsetX) / scaleX, (y - offsetY) / scaleY] };
}
