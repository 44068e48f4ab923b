import type { ParameterShapes } from "../../network/parameters.ts";
import { elementCount, type Shape } from "../../tensor/shape.ts";

/** Where a parameter lies in the flat array of all of them. */
export interface ParameterRange {
  readonly shape: Shape;
  readonly start: number;
  readonly end: number;
}

/**
 * All parameters one after the other, so that a network's values, its gradient and the optimizer's moments are one
 * `Float32Array` each.
 */
export interface ParameterLayout {
  readonly ranges: ReadonlyMap<string, ParameterRange>;
  /** Numbers in all. */
  readonly length: number;
}

/** Lays parameters out in the order of their shapes. */
export function parameterLayout(shapes: ParameterShapes): ParameterLayout {
  const ranges = new Map<string, ParameterRange>();
  let length = 0;
  for (const [name, shape] of shapes) {
    const start = length;
    length += elementCount(shape);
    ranges.set(name, { shape, start, end: length });
  }
  return { ranges, length };
}
