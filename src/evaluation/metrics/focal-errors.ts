import { fieldOfView } from "../../geometry/camera.ts";
import { degrees } from "./pose-errors.ts";

/** The relative error of a focal length, |f − f*| / f*. */
export function relativeFocalError(truth: number, found: number): number {
  return Math.abs(found - truth) / truth;
}

/** The difference in degrees between the angles that `length` pixels span at two focal lengths, in pixels. */
export function fieldOfViewError(length: number, truth: number, found: number): number {
  return degrees(Math.abs(fieldOfView(length, found) - fieldOfView(length, truth)));
}
