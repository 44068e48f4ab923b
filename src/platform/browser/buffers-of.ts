/** The buffers of all typed arrays within a value that nobody needs any more here: sent along, they are moved and not copied. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const visit = (part: unknown): void => {
    if (ArrayBuffer.isView(part)) {
      if (part.buffer instanceof ArrayBuffer && part.byteLength === part.buffer.byteLength) buffers.add(part.buffer);
    } else if (Array.isArray(part)) for (const item of part) visit(item);
    else if (isPlain(part)) for (const item of Object.values(part)) visit(item);
  };
  visit(value);
  return [...buffers];
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
