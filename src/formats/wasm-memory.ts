const PAGE_BYTES = 2 ** 16;

/**
 * What `read`, a call into a WebAssembly library, gives while no such library gets more than `most` bytes of memory beyond what
 * it has: it then finds that there is no more, instead of taking all that a hostile file asks for. Nothing else runs meanwhile.
 */
export function withinMemory<T>(most: number, read: () => T): T {
  const memory = WebAssembly.Memory.prototype;
  const { grow } = memory;
  const taken = new Map<WebAssembly.Memory, number>();
  memory.grow = function (this: WebAssembly.Memory, pages: number): number {
    const before = taken.get(this) ?? 0;
    if ((before + pages) * PAGE_BYTES > most) throw new RangeError(`more than ${most} bytes of memory are asked for`);
    taken.set(this, before + pages);
    return grow.call(this, pages);
  };
  try {
    return read();
  } finally {
    memory.grow = grow;
  }
}
