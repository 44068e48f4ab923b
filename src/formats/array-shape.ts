import { FormatError } from "../core/errors.ts";

/** NumPy's limit. */
const MOST_AXES = 64;

/** The most rows of an array without values: a bound for loops over them. */
const MOST_EMPTY_ROWS = 2 ** 20;

/** How many values a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Throws a `FormatError` for `path` unless a shape is one of few axes, whole numbers that multiply to one, and, where an array is
 * empty, no huge one: nothing in the file stands for it.
 */
export function checkShape(shape: readonly number[], path: string): void {
  const valid = shape.length <= MOST_AXES && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  const empty = shape.includes(0);
  const rows = sizeOf(shape.filter((size) => size > 0));
  if (valid && rows <= (empty ? MOST_EMPTY_ROWS : Number.MAX_SAFE_INTEGER)) return;
  const found = shape.length > MOST_AXES ? `${shape.length} axes` : `[${shape}]`;
  throw new FormatError(path, `an array cannot be ${found}`);
}
