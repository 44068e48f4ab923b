/** Some properties of every vertex, side by side: `values` is `[count, names.length]`. */
export interface PlyProperties {
  readonly names: readonly string[];
  /** Written as `float` or as `uchar`, by the type of the array. */
  readonly values: Float32Array | Uint8Array;
}

/**
 * The bytes of a binary little-endian PLY file with one element, `vertex`, whose properties stand in the order given.
 * Throws a `RangeError` when the arrays disagree about the number of vertices.
 */
export function encodePly(properties: readonly PlyProperties[], comments: readonly string[] = []): Uint8Array {
  const count = properties[0] === undefined ? 0 : properties[0].values.length / properties[0].names.length;
  for (const { names, values } of properties) {
    if (values.length !== count * names.length) {
      throw new RangeError(`${names}: expected ${count} x ${names.length} values, found ${values.length}`);
    }
  }
  const header = new TextEncoder().encode(
    [
      "ply",
      "format binary_little_endian 1.0",
      ...comments.map((comment) => `comment ${comment.replaceAll(/\s+/g, " ")}`),
      `element vertex ${count}`,
      ...properties.flatMap(({ names, values }) => names.map((name) => `property ${typeName(values)} ${name}`)),
      "end_header\n",
    ].join("\n"),
  );
  const stride = properties.reduce((sum, { names, values }) => sum + names.length * values.BYTES_PER_ELEMENT, 0);
  const bytes = new Uint8Array(header.length + count * stride);
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  let column = header.length;
  for (const { names, values } of properties) {
    const width = names.length;
    for (let row = 0; row < count; row++) {
      const at = column + row * stride;
      if (values instanceof Uint8Array) bytes.set(values.subarray(row * width, (row + 1) * width), at);
      else for (let i = 0; i < width; i++) view.setFloat32(at + 4 * i, values[row * width + i]!, true);
    }
    column += width * values.BYTES_PER_ELEMENT;
  }
  return bytes;
}

function typeName(values: Float32Array | Uint8Array): string {
  return values instanceof Uint8Array ? "uchar" : "float";
}
