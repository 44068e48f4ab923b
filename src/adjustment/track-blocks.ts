import { type BlockPattern, blockSize, findBlock } from "./block-matrix.ts";
import type { BlockProducts } from "./block-products.ts";
import { POINT_GRADIENT, type PointBlock } from "./point-block.ts";
import { PHOTO_DOF } from "./unknowns.ts";

/** Numbers kept per block of a track: what binds its unknowns to a point's three. */
const STRIDE = 3 * PHOTO_DOF;

/** The blocks of unknowns that one point's observations depend on, and what binds them to the point; used for all points in turn. */
export class TrackBlocks {
  /** Among which `place` is. */
  readonly numbers: Float64Array;
  readonly #pattern: BlockPattern;
  readonly #products: BlockProducts;
  /** Where J_pointᵀ J of each block starts, `[3, size]`, and where V⁻¹ times it, transposed. */
  readonly #bound: number;
  readonly #solved: number;
  readonly #blocks: Uint32Array;
  readonly #places: Int32Array;
  #count = 0;

  /**
   * @param products have the values of the pattern first, and room for a track after them
   * @param most the most blocks that a point's observations depend on
   */
  constructor(pattern: BlockPattern, products: BlockProducts, most: number) {
    this.numbers = products.numbers;
    this.#pattern = pattern;
    this.#products = products;
    this.#bound = pattern.valueStarts.at(-1)!;
    this.#solved = this.#bound + STRIDE * most;
    this.#blocks = new Uint32Array(most);
    this.#places = new Int32Array(pattern.offsets.length - 1).fill(-1);
  }

  /** Numbers that a track of so many blocks takes. */
  static room(most: number): number {
    return 2 * STRIDE * most;
  }

  /** Begins the next point. */
  clear(): void {
    for (let k = 0; k < this.#count; k++) this.#places[this.#blocks[k]!] = -1;
    this.#count = 0;
  }

  /** Where J_pointᵀ J of a block is among the numbers, `[3, size]`, zero at first. */
  place(block: number): number {
    let place = this.#places[block]!;
    if (place < 0) {
      place = this.#count++;
      this.#places[block] = place;
      this.#blocks[place] = block;
      const start = this.#bound + STRIDE * place;
      this.numbers.fill(0, start, start + STRIDE);
    }
    return this.#bound + STRIDE * place;
  }

  /**
   * Subtracts the point's part from the system: W V⁻¹ Wᵀ from the values, −W V⁻¹ g from the right side, with Wᵀ = J_pointᵀ J, V
   * and g the point's own.
   */
  eliminate(right: Float64Array, own: PointBlock, inverse: Float64Array): void {
    const { offsets } = this.#pattern;
    for (let s = 0; s < this.#count; s++) {
      const block = this.#blocks[s]!;
      this.#solve(s, right, own, inverse);
      for (let t = 0; t <= s; t++) {
        const other = this.#blocks[t]!;
        const [row, column, rowPlace, columnPlace] = other <= block ? [block, other, s, t] : [other, block, t, s];
        this.#products.subtract(
          findBlock(this.#pattern, row, column),
          this.#solved + STRIDE * rowPlace,
          this.#bound + STRIDE * columnPlace,
          blockSize(offsets, row),
          blockSize(offsets, column),
          3,
        );
      }
    }
  }

  /** W V⁻¹ of one block, and its part of the right side. */
  #solve(place: number, right: Float64Array, own: PointBlock, inverse: Float64Array): void {
    const { numbers } = this;
    const { offsets } = this.#pattern;
    const block = this.#blocks[place]!;
    const size = blockSize(offsets, block);
    const [xx, yx, yy, zx, zy, zz] = [inverse[0]!, inverse[1]!, inverse[2]!, inverse[3]!, inverse[4]!, inverse[5]!];
    const from = this.#bound + STRIDE * place;
    for (let i = 0, to = this.#solved + STRIDE * place; i < size; i++, to += 3) {
      const x = numbers[from + i]!;
      const y = numbers[from + size + i]!;
      const z = numbers[from + 2 * size + i]!;
      numbers[to] = xx * x + yx * y + zx * z;
      numbers[to + 1] = yx * x + yy * y + zy * z;
      numbers[to + 2] = zx * x + zy * y + zz * z;
      right[offsets[block]! + i]! +=
        numbers[to]! * own[POINT_GRADIENT]! +
        numbers[to + 1]! * own[POINT_GRADIENT + 1]! +
        numbers[to + 2]! * own[POINT_GRADIENT + 2]!;
    }
  }
}
