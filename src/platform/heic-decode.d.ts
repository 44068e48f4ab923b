declare module "heic-decode" {
  /** The first picture of a HEIC file, turned upright, RGBA. */
  function decode(input: { buffer: Uint8Array }): Promise<{ width: number; height: number; data: Uint8ClampedArray }>;
  export = decode;
}
