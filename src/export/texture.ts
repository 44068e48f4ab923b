import type { Size, View } from "../core/view.ts";
import { type EncodeJpeg, viewPixels } from "./view-pixels.ts";

/** Of the view: all there is where the photo is not at hand. */
const VIEW_QUALITY = 90;

/** Gives the part of a photo that its view shows as a JPEG file. Only the platform knows where photos are. */
export type LoadTexture = (image: number) => Promise<Uint8Array>;

/** The same with at most `longSide` pixels along its longer side. */
export type LoadPreview = (image: number, longSide: number) => Promise<Uint8Array>;

/** A part of an upright photo, in its pixels; edges may lie between pixels. */
export interface PhotoRegion extends Size {
  readonly left: number;
  readonly top: number;
}

/** The part of an upright photo that a view shows, in its pixels, from edge to edge. */
export function viewRegion({ width, height, originalFromNetwork }: View): PhotoRegion {
  const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
  // Pixel centers are at integers: the edge of the first lies half a pixel before it.
  const [left, top] = [offsetX - scaleX / 2 + 0.5, offsetY - scaleY / 2 + 0.5];
  return { left, top, width: scaleX * width, height: scaleY * height };
}

/** Textures from views. */
export function viewTextures(views: readonly View[], encodeJpeg: EncodeJpeg): LoadTexture {
  return (image) => encodeJpeg(viewPixels(views[image]!), VIEW_QUALITY);
}
