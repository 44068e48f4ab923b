/** The rows of a table `[n, width]` that have these indices, in their order. */
export function selectRows<T extends Float64Array | Float32Array | Uint32Array | Uint8Array>(
  values: T,
  rows: ArrayLike<number>,
  width = 1,
): T {
  const into = new (values.constructor as new (length: number) => T)(width * rows.length);
  for (let i = 0; i < rows.length; i++)
    for (let k = 0; k < width; k++) into[width * i + k] = values[width * rows[i]! + k]!;
  return into;
}
