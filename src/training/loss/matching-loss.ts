import type { Comparison } from "../../network/attention.ts";
import { reshape, sum } from "../../tensor/operators/broadcasting.ts";
import { divide, log, maximum, multiply, negate, scalar } from "../../tensor/operators/elementwise.ts";
import { matmul, swapLastTwo } from "../../tensor/operators/linalg.ts";
import { concat, slice, split } from "../../tensor/operators/movement.ts";
import { softmax } from "../../tensor/operators/normalization.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Of the softmax over similarities of normalized tokens. */
const INVERSE_TEMPERATURE = 10;

/** Probabilities below this count as this. */
const SMALLEST = 1e-8;

/**
 * Matching loss on the encoder's tokens: the soft cross-entropy of a softmax over the similarities with all of the
 * partner's tokens against the true shares of surface (InfoNCE with soft targets, as in MASt3R). Without it a small
 * network needs millions of pairs before its cross-attention finds correspondences.
 * @param tokens normalized, `[images · patches, dim]`; the partner of image i is image i ± images / 2
 * @param shares `[images, patches, patches]`, as `correspondenceBatch` gives them
 */
export function matchingLoss(tokens: Tensor, shares: Tensor): Tensor {
  const [images, patches] = shares.shape as [number, number, number];
  const dim = tokens.shape[1]!;
  const own = reshape(tokens, [images, patches, dim]);
  const [first, second] = split(own, [images / 2, images / 2], 0) as [Tensor, Tensor];
  return softCrossEntropy(
    multiply(matmul(own, swapLastTwo(concat([second, first], 0))), scalar(INVERSE_TEMPERATURE / dim)),
    shares,
  );
}

/**
 * Matching loss on the first head of a cross-attention: the soft cross-entropy of its attention against the true
 * shares. The other heads are not supervised.
 * @param comparison of all images, in the order of `shares`
 */
export function attentionLoss({ queries, keys }: Comparison, heads: number, shares: Tensor): Tensor {
  const [images, patches] = shares.shape as [number, number, number];
  const dim = queries.shape[1]! / heads;
  const firstHead = (x: Tensor) => reshape(slice(x, 1, 0, dim), [images, patches, dim]);
  const scores = matmul(multiply(firstHead(queries), scalar(dim ** -0.5)), swapLastTwo(firstHead(keys)));
  return softCrossEntropy(scores, shares);
}

/** Soft cross-entropy, shares being the targets and scores the logits, averaged over all rows with a counterpart. */
function softCrossEntropy(scores: Tensor, shares: Tensor): Tensor {
  const negativeLogLikelihood = negate(log(maximum(softmax(scores), scalar(SMALLEST))));
  return divide(sum(multiply(shares, negativeLogLikelihood)), maximum(sum(shares), scalar(1)));
}
