import { type BlockPattern, blockSize, findBlock } from "./block-matrix.ts";
import { multiplySymmetric3, POINT_GRADIENT, type PointBlock } from "./point-block.ts";
import { PHOTO_DOF } from "./unknowns.ts";

/** Numbers kept per block of a track: its rows of Jᵀ J_point, three columns. */
const STRIDE = 3 * PHOTO_DOF;

/** The blocks of unknowns that one point's observations depend on, and what binds them to the point; used for all points in turn. */
export class TrackBlocks {
  /** `[count, STRIDE]`: Jᵀ J_point by block. */
  readonly products: Float64Array;
  readonly #pattern: BlockPattern;
  /** The same times the inverse of the point's own block. */
  readonly #solved: Float64Array;
  readonly #blocks: Uint32Array;
  readonly #places: Int32Array;
  #count = 0;

  /** @param longest the most observations that a point has */
  constructor(pattern: BlockPattern, longest: number) {
    const blocks = pattern.offsets.length - 1;
    const most = Math.min(blocks, 2 * longest);
    this.#pattern = pattern;
    this.products = new Float64Array(STRIDE * most);
    this.#solved = new Float64Array(STRIDE * most);
    this.#blocks = new Uint32Array(most);
    this.#places = new Int32Array(blocks).fill(-1);
  }

  /** Begins the next point. */
  clear(): void {
    for (let k = 0; k < this.#count; k++) this.#places[this.#blocks[k]!] = -1;
    this.#count = 0;
  }

  /** Where the block's rows are in `products`, zero at first. */
  place(block: number): number {
    let place = this.#places[block]!;
    if (place < 0) {
      place = this.#count++;
      this.#places[block] = place;
      this.#blocks[place] = block;
      this.products.fill(0, STRIDE * place, STRIDE * (place + 1));
    }
    return STRIDE * place;
  }

  /**
   * Subtracts the point's part from the system: W V⁻¹ Wᵀ from the values, −W V⁻¹ g from the right side, with W the products, V
   * and g the point's own.
   */
  eliminate(values: Float64Array, right: Float64Array, own: PointBlock, inverse: Float64Array): void {
    const { offsets } = this.#pattern;
    for (let s = 0; s < this.#count; s++) {
      const block = this.#blocks[s]!;
      const size = blockSize(offsets, block);
      for (let i = 0, at = STRIDE * s; i < size; i++, at += 3) {
        multiplySymmetric3(inverse, this.products, at, this.#solved, at);
        right[offsets[block]! + i]! +=
          this.#solved[at]! * own[POINT_GRADIENT]! +
          this.#solved[at + 1]! * own[POINT_GRADIENT + 1]! +
          this.#solved[at + 2]! * own[POINT_GRADIENT + 2]!;
      }
      for (let t = 0; t <= s; t++) {
        if (this.#blocks[t]! <= block) this.#subtractProduct(values, s, t);
        else this.#subtractProduct(values, t, s);
      }
    }
  }

  #subtractProduct(values: Float64Array, rowPlace: number, columnPlace: number): void {
    const { offsets } = this.#pattern;
    const [row, column] = [this.#blocks[rowPlace]!, this.#blocks[columnPlace]!];
    const products = this.products;
    const width = 3 * blockSize(offsets, column);
    const first = STRIDE * columnPlace;
    let at = findBlock(this.#pattern, row, column);
    const end = STRIDE * rowPlace + 3 * blockSize(offsets, row);
    for (let r = STRIDE * rowPlace; r < end; r += 3) {
      const y0 = this.#solved[r]!;
      const y1 = this.#solved[r + 1]!;
      const y2 = this.#solved[r + 2]!;
      for (let c = first; c < first + width; c += 3, at++) {
        values[at]! -= y0 * products[c]! + y1 * products[c + 1]! + y2 * products[c + 2]!;
      }
    }
  }
}
