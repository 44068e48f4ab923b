/** EXIF data of a photo. */
export interface PhotoExif {
  /** What an EXIF reader finds them in; undefined where the photo carries none. */
  readonly exif: Uint8Array | undefined;
  /** As EXIF numbers it, 1 to 8; undefined where the photo is stored upright. */
  readonly orientation: number | undefined;
}

/** The EXIF data of a photo of this format. HEIF containers turn by themselves, whatever their EXIF data say. */
export async function photoExif(bytes: Uint8Array, format: string): Promise<PhotoExif> {
  const { default: exifr } = await import("exifr");
  const exif = format === "webp" ? webpExif(bytes) : format === "heif" ? heifExif(bytes) : bytes;
  if (exif === undefined) return { exif, orientation: undefined };
  const found = await exifr.orientation(exif).catch(() => undefined);
  const orientation = format !== "heif" && found !== undefined && found > 1 ? found : undefined;
  return { exif, orientation };
}

/** `Exif` and two zeros. */
const SIGNATURE = [0x45, 0x78, 0x69, 0x66, 0, 0];

/** The TIFF structure in a WebP file's `EXIF` chunk. */
function webpExif(bytes: Uint8Array): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (String.fromCharCode(...bytes.subarray(at, at + 4)) === "EXIF")
      return content[0] === SIGNATURE[0] ? content.subarray(SIGNATURE.length) : content;
    at += 8 + length + (length & 1);
  }
  return undefined;
}

/** The TIFF structure in an item of a HEIF container, which may lie anywhere: found by how such items begin. */
function heifExif(bytes: Uint8Array): Uint8Array | undefined {
  for (const letter of [0x49, 0x4d]) {
    for (let at = bytes.indexOf(letter); at >= 0; at = bytes.indexOf(letter, at + 1)) {
      const around = String.fromCharCode(...bytes.subarray(Math.max(0, at - 6), at + 4));
      // Before it stand four bytes with its distance from them, or its name.
      if (/(?:\0\0\0\0|Exif\0\0)(?:II\*\0|MM\0\*)$/.test(around)) return bytes.subarray(at);
    }
  }
  return undefined;
}
