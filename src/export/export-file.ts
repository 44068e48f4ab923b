/** One file to be, named relative to the output folder; its bytes are made only when it is its turn. */
export interface ExportFile {
  readonly name: string;
  readonly encode: () => Uint8Array | Promise<Uint8Array>;
}

/** A file of text. */
export function textFile(name: string, text: () => string | Promise<string>): ExportFile {
  return { name, encode: async () => new TextEncoder().encode(await text()) };
}

/** The same value at every call, made at the first. */
export function once<T extends object>(make: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= make();
    return value;
  };
}
