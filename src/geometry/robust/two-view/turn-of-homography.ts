import { type Matrix3, multiply3, transpose3 } from "../../mat3.ts";
import { svd3 } from "../../svd3.ts";
import { inPixels } from "./homography.ts";

/** The rotation nearest to a homography of pixels, were the focal lengths these. */
export function turnOfHomography(homography: Matrix3, [focal1, focal2]: readonly [number, number]): Matrix3 {
  const { u, v } = svd3(inPixels(homography, [1 / focal1, 1 / focal2]));
  return multiply3(u, transpose3(v));
}
