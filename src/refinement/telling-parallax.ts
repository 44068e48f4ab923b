import type { PosedPhoto } from "./posed-photo.ts";

/** Features whose rays are closer than so many of their standard deviations say little of a depth: it is off by a quarter, or more. */
const LEAST_DEVIATIONS = 4;

/**
 * From which angle in radians on the rays of two photos tell a depth. A measure of the photo's resolution and not an angle of its own: of far
 * things through a long lens nothing has more than a fraction of a degree, and a gate that nearly all points fail leaves those that are wrong.
 */
export function tellingParallax({ noise }: PosedPhoto, focal: number): number {
  return (LEAST_DEVIATIONS * noise) / focal;
}
