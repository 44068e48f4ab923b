import { reshape } from "../tensor/operators/broadcasting.ts";
import { cast } from "../tensor/operators/elementwise.ts";
import { lookUp } from "../tensor/operators/movement.ts";
import { constant, type Tensor } from "../tensor/tensor.ts";
import { positionsOf, type Tokens } from "./tokens.ts";

/** About half of what an embedded patch amounts to: beside it, not above it. */
const AMPLITUDE = 0.3;

const BASE = 10_000;

/**
 * A fixed code of each token's row (first half of the channels) and column, sines and cosines of position · frequency
 * as in MAE, `[batch · tokens, dim]`. Rotary embeddings tell tokens how far apart they are; a pixel's ray depends on
 * its absolute position, which a small network otherwise has to infer in its first layers.
 */
export function cosinePositions(tokens: Tokens, dim: number): Tensor {
  if (dim % 4 !== 0) throw new RangeError(`cosine positions need channels in multiples of 4, got ${dim}`);
  const { coordinates, limit } = positionsOf(tokens);
  const half = dim / 2;
  const frequencies = Array.from({ length: half / 2 }, (_, k) => BASE ** ((-2 * k) / half));
  const codes = Array.from({ length: limit }, (_, position) => [
    ...frequencies.map((f) => AMPLITUDE * Math.sin(position * f)),
    ...frequencies.map((f) => AMPLITUDE * Math.cos(position * f)),
  ]);
  const table = cast(constant(Float32Array.from(codes.flat()), [limit, half]), tokens.x.dtype);
  return reshape(lookUp(table, coordinates), [coordinates.shape[0]!, dim]);
}
