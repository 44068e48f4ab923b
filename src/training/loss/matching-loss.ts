import type { Comparison } from "../../network/attention.ts";
import { divide, log, maximum, multiply, negate, scalar } from "../../tensor/operators/elementwise.ts";
import { matmul, swapLastTwo } from "../../tensor/operators/linalg.ts";
import { concat, reshape, slice, split } from "../../tensor/operators/movement.ts";
import { softmax } from "../../tensor/operators/normalization.ts";
import { sum } from "../../tensor/operators/reduction.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** The inverse of the temperature at which similarities of normalised tokens compete. */
const SHARPNESS = 10;

/** Probabilities below this count as this. */
const SMALLEST = 1e-8;

/**
 * How badly the encoder's tokens tell which patch of the partner shows the same surface: the cross-entropy of the true
 * shares against a softmax over the similarities with all of the partner's tokens (InfoNCE, as in MASt3R). A small
 * network left to itself needs millions of pairs before its cross-attention looks in the right place.
 * @param tokens normalised, `[images · patches, dim]`; the partner of image i is image i ± images / 2
 * @param shares `[images, patches, patches]`, as `patchCorrespondence` gives them
 */
export function matchingLoss(tokens: Tensor, shares: Tensor): Tensor {
  const [images, patches] = shares.shape as [number, number, number];
  const dim = tokens.shape[1]!;
  const own = reshape(tokens, [images, patches, dim]);
  const [first, second] = split(own, [images / 2, images / 2], 0) as [Tensor, Tensor];
  return misses(multiply(matmul(own, swapLastTwo(concat([second, first], 0))), scalar(SHARPNESS / dim)), shares);
}

/**
 * The same of the first head of a cross-attention: how much of what it looks at is not the patch that shows the same
 * surface. The other heads are left to themselves.
 * @param comparison of all images, in the order of `shares`
 */
export function attentionLoss({ queries, keys }: Comparison, heads: number, shares: Tensor): Tensor {
  const [images, patches] = shares.shape as [number, number, number];
  const dim = queries.shape[1]! / heads;
  const firstHead = (x: Tensor) => reshape(slice(x, 1, 0, dim), [images, patches, dim]);
  const scores = matmul(multiply(firstHead(queries), scalar(dim ** -0.5)), swapLastTwo(firstHead(keys)));
  return misses(scores, shares);
}

/** Cross-entropy of the true shares against a softmax over scores, averaged over all that has a counterpart. */
function misses(scores: Tensor, shares: Tensor): Tensor {
  const surprise = negate(log(maximum(softmax(scores), scalar(SMALLEST))));
  return divide(sum(multiply(shares, surprise)), maximum(sum(shares), scalar(1)));
}
