import { assert } from "../core/errors.ts";
import { hasPicture, type RgbImage } from "../core/rgb-image.ts";

/** In single precision at each step, as the reference computes it. */
const NORMALIZED = Float32Array.from({ length: 256 }, (_, value) => (Math.fround(value / 255) - 0.5) / 0.5);

/** Pictures of one size as the encoder takes them: `[batch, 3, height, width]`, RGB in [-1, 1]. */
export function networkInput(pictures: readonly RgbImage[]): Float32Array {
  const { width, height } = pictures[0]!;
  const plane = width * height;
  const input = new Float32Array(pictures.length * 3 * plane);
  for (const [k, picture] of pictures.entries()) {
    assert(hasPicture(picture), "the network is fed with views that have their pictures");
    const { rgb } = picture;
    for (let channel = 0; channel < 3; channel++) {
      const at = (3 * k + channel) * plane;
      for (let i = 0; i < plane; i++) input[at + i] = NORMALIZED[rgb[3 * i + channel]!]!;
    }
  }
  return input;
}

/** The inverse of `networkInput`, of one picture; values between those of bytes are rounded. */
export function pictureOfInput(input: Float32Array): Uint8Array {
  const plane = input.length / 3;
  const rgb = new Uint8ClampedArray(input.length);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < plane; i++) rgb[3 * i + channel] = (input[channel * plane + i]! + 1) * 127.5;
  }
  return new Uint8Array(rgb.buffer);
}
