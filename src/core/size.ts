/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** True for copies of a picture at two sizes, which are rounded to whole pixels. */
export function haveOneShape(a: Size, b: Size): boolean {
  return Math.abs((a.width * b.height) / (a.height * b.width) - 1) < 0.01;
}
