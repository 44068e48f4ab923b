/** Half of the grid's cells along an axis; a key of three such coordinates is a whole number that a double holds exactly. */
const HALF_RANGE = 2 ** 16;
const RANGE = 2 * HALF_RANGE;

/**
 * Points `[n, 3]` with at most one in every cube of a grid of that spacing, the first of each. The benchmark's own program
 * removes neighbors in random order, to the same density. Points more than 65,536 spacings from the origin are dropped.
 */
export function thinPoints(points: Float32Array, spacing: number): Float32Array {
  const kept = new Float32Array(points.length);
  let count = 0;
  // A hash table with open addressing: sets of numbers end at 16 million.
  const slots = 2 ** Math.ceil(Math.log2(Math.max((2 * points.length) / 3, 2)));
  const taken = new Float64Array(slots).fill(-1);
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, z] = [0, 1, 2].map((k) => Math.floor(points[i + k]! / spacing) + HALF_RANGE) as [
      number,
      number,
      number,
    ];
    if (!(Math.min(x, y, z) >= 0 && Math.max(x, y, z) < RANGE)) continue;
    const key = (x * RANGE + y) * RANGE + z;
    let slot = (Math.imul(x, 73_856_093) ^ Math.imul(y, 19_349_663) ^ Math.imul(z, 83_492_791)) & (slots - 1);
    while (taken[slot] !== -1 && taken[slot] !== key) slot = (slot + 1) & (slots - 1);
    if (taken[slot] === key) continue;
    taken[slot] = key;
    kept.set(points.subarray(i, i + 3), count);
    count += 3;
  }
  return kept.slice(0, count);
}
