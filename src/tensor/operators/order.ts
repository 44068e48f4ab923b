import { ShapeError } from "../shape.ts";
import { apply, constant, describe, detach, operation, type Tensor } from "../tensor.ts";
import { sum } from "./broadcasting.ts";
import { equal, multiply, scalar, subtract, where } from "./elementwise.ts";

/** Stands behind every value that takes part in a sort. */
const LAST = scalar(3e38);

/**
 * Median of the valid values along the last axis, which is kept with size 1: of an even number of values the lower of
 * the middle two, of none zero. No gradient passes.
 * @param values `[..., n]` @param valid 1 or 0, broadcast against them
 */
export function lowerMedian(values: Tensor, valid: Tensor): Tensor {
  const size = values.shape.at(-1)!;
  if (valid.shape.at(-1) !== size) throw new ShapeError(`lowerMedian: ${describe(values)} but ${describe(valid)}`);
  const considered = where(equal(valid, scalar(0)), LAST, detach(values));
  const [sorted] = operation(
    "TopK",
    [considered, constant(BigInt64Array.of(BigInt(size)))],
    [values.shape, values.shape],
    {
      attributes: { axis: values.shape.length - 1, largest: 0, sorted: 1 },
    },
  );
  const halfway = multiply(subtract(sum(valid, [-1], true), scalar(1)), scalar(0.5));
  const middle = apply("Floor", [halfway], halfway.shape);
  const ranks = constant(Float32Array.from({ length: size }, (_, rank) => rank));
  return sum(where(equal(ranks, middle), sorted!, scalar(0)), [-1], true);
}
