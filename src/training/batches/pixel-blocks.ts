import type { Size } from "../../core/view.ts";

/** From one channel, and from one pixel, to the next in an image's array. */
export type PixelStrides = readonly [channel: number, pixel: number];

/** Cuts an image into blocks, row by row, each with its channels one after the other. */
export function cutBlocks(
  source: Float32Array | Uint8Array,
  size: Size,
  block: Size,
  [channelStride, pixelStride]: PixelStrides,
  target: Float32Array | Uint8Array,
): void {
  let at = 0;
  eachBlockRow(size, block, target.length, (channel, pixel) => {
    let from = channel * channelStride + pixel * pixelStride;
    for (let x = 0; x < block.width; x++, from += pixelStride) target[at++] = source[from]!;
  });
}

/** The inverse of `cutBlocks`: its blocks, put together as an image `[height, width, channels]`. */
export function joinBlocks(blocks: Float32Array, size: Size, block: Size): Float32Array {
  const channels = blocks.length / (size.width * size.height);
  const image = new Float32Array(blocks.length);
  let at = 0;
  eachBlockRow(size, block, blocks.length, (channel, pixel) => {
    let to = pixel * channels + channel;
    for (let x = 0; x < block.width; x++, to += channels) image[to] = blocks[at++]!;
  });
  return image;
}

/** Visits every row of every channel of every block; `pixel` is the index of the row's first one. */
function eachBlockRow(
  { width, height }: Size,
  block: Size,
  length: number,
  visit: (channel: number, pixel: number) => void,
): void {
  const channels = length / (width * height);
  for (let top = 0; top < height; top += block.height) {
    for (let left = 0; left < width; left += block.width) {
      for (let channel = 0; channel < channels; channel++) {
        for (let y = top; y < top + block.height; y++) visit(channel, y * width + left);
      }
    }
  }
}
