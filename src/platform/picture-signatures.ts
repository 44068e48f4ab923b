/** As far as the signatures of any format reach. */
export const SIGNATURE_BYTES = 32;

const SIGNATURES: readonly (readonly [format: string, pattern: RegExp])[] = [
  ["jpeg", /^\xff\xd8\xff/],
  ["png", /^\x89PNG\r\n.\n/s],
  ["gif", /^GIF8[79]a/],
  ["webp", /^RIFF....WEBPVP8[ LX]/s],
  ["tiff", /^(?:II[*+]\0|MM\0[*+])/],
  // AVIF and HEIC: a box of a few bytes, then the name of the flavour.
  ["heif", /^\0\0..ftyp(?:avi[fs]|hei[cmsx]|hev[cmsx]|mif1|msf1)/s],
];

/**
 * The format of a picture by its first bytes: jpeg, png, gif, webp, tiff or heif; undefined for all others. Decoders look for
 * drawings and scripts in whatever they are given and run them, so nothing else may come near them.
 */
export function formatOfBytes(bytes: Uint8Array): string | undefined {
  const start = bytes.subarray(0, SIGNATURE_BYTES);
  // A drawing may begin as a picture does; what tells it apart is that it is text.
  if (start.every((byte) => byte >= 9 && byte < 127)) return undefined;
  const text = String.fromCharCode(...start);
  return SIGNATURES.find(([, pattern]) => pattern.test(text))?.[0];
}
