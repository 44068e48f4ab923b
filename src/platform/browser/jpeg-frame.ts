import type { Size } from "../../core/size.ts";

/** What a JPEG file says of its picture. */
export interface JpegFrame extends Size {
  /** 3 for color. */
  readonly components: number;
  /** Stored in several passes over the whole. */
  readonly isProgressive: boolean;
  /** False for a file that was cut off. */
  readonly hasEnd: boolean;
}

/** The markers with which a frame begins, without tables. */
const FRAME_MARKERS = [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** The frame of a JPEG file, as stored and not turned; undefined where it holds none. */
export function jpegFrame(bytes: Uint8Array): JpegFrame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: Omit<JpegFrame, "hasEnd"> | undefined;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff) return undefined;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === START_OF_SCAN) return frame && { ...frame, hasEnd: endsAfter(bytes, at) };
    if (FRAME_MARKERS.includes(marker) && at + 10 <= bytes.length) {
      frame = {
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: bytes[at + 9]!,
        isProgressive: marker === 0xc2,
      };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** Cameras append to their files, so that the end need not be the last of it. */
function endsAfter(bytes: Uint8Array, start: number): boolean {
  for (let at = bytes.length - 1; at > start; at = bytes.lastIndexOf(END_OF_IMAGE, at - 1))
    if (bytes[at] === END_OF_IMAGE && bytes[at - 1] === 0xff) return true;
  return false;
}
