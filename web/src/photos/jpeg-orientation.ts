import type { Turns } from "./tray-photo.ts";

/** EXIF orientations, each followed by the one that a quarter turn clockwise makes of it. */
const QUARTER_TURN: Readonly<Record<number, number>> = { 1: 6, 6: 3, 3: 8, 8: 1, 2: 7, 7: 4, 4: 5, 5: 2 };
const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/**
 * A JPEG file turned by so many quarters clockwise, by its EXIF orientation alone. Null for what is no JPEG, and for one
 * whose EXIF data have no orientation, since adding one would move all that follows.
 */
export function orientedJpeg(jpeg: Uint8Array<ArrayBuffer>, turns: Turns): Uint8Array<ArrayBuffer> | null {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  if (jpeg.length < 4 || view.getUint16(0) !== 0xffd8) return null;
  const exif = findExif(view);
  if (exif === null) return insertExif(jpeg, turnedFrom(1, turns));
  const place = findOrientation(view, exif);
  if (place === null) return null;
  const copy = jpeg.slice();
  const value = view.getUint16(place.at, place.littleEndian);
  new DataView(copy.buffer).setUint16(place.at, turnedFrom(value, turns), place.littleEndian);
  return copy;
}

function turnedFrom(orientation: number, turns: Turns): number {
  let now = orientation in QUARTER_TURN ? orientation : 1;
  for (let i = 0; i < turns; i++) now = QUARTER_TURN[now]!;
  return now;
}

/** Where the TIFF header of the EXIF segment begins; null where there is no such segment before the picture. */
function findExif(view: DataView): number | null {
  for (let at = 2; at + 10 < view.byteLength && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xda) return null;
    if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
  }
  return null;
}

/** Where the first directory keeps the orientation. */
function findOrientation(view: DataView, tiff: number): { at: number; littleEndian: boolean } | null {
  const littleEndian = view.getUint16(tiff) === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, littleEndian);
  if (directory + 2 > view.byteLength) return null;
  const count = view.getUint16(directory, littleEndian);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > view.byteLength) return null;
    const isShort = view.getUint16(entry + 2, littleEndian) === SHORT;
    if (view.getUint16(entry, littleEndian) === ORIENTATION_TAG && isShort) return { at: entry + 8, littleEndian };
  }
  return null;
}

/** The file with EXIF data that hold nothing but the orientation. */
function insertExif(jpeg: Uint8Array<ArrayBuffer>, orientation: number): Uint8Array<ArrayBuffer> {
  const directory = [0, 1, 0x01, 0x12, 0, SHORT, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  const body = [0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, ...directory];
  const segment = [0xff, 0xe1, 0, body.length + 2, ...body];
  const out = new Uint8Array(jpeg.length + segment.length);
  out.set(jpeg.subarray(0, 2));
  out.set(segment, 2);
  out.set(jpeg.subarray(2), 2 + segment.length);
  return out;
}
