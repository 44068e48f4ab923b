/** A pointmap `[height, width, 3]` moved along z, so that the focal length which explains its pixels is `ratio` times what it was. */
export function stretchPointmap(pointmap: Float32Array, ratio: number): Float32Array {
  return pointmap.map((value, k) => (k % 3 === 2 ? ratio * value : value));
}
