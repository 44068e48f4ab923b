/** Gray values 0 to 255, `[height, width]`. */
export interface GrayPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: ArrayLike<number>;
}

/** Red, green, blue and opacity, 0 to 255, `[height, width, 4]`. */
export interface RgbaPicture {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

/** The picture at half its size: means of two by two pixels. */
export function halved({ width, height, pixels }: GrayPicture): GrayPicture {
  const [w, h] = [width >> 1, height >> 1];
  const half = new Float32Array(w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const i = 2 * y * width + 2 * x;
      half[y * w + x] = (pixels[i]! + pixels[i + 1]! + pixels[i + width]! + pixels[i + width + 1]!) / 4;
    }
  }
  return { width: w, height: h, pixels: half };
}

/** The gray values of a picture in colors. */
export function grayOf({ width, height, data }: RgbaPicture): GrayPicture {
  const pixels = new Float32Array(width * height);
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = 0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!;
  return { width, height, pixels };
}
