import { ShapeError, sameShape } from "../shape.ts";
import { describe, type Tensor, withGradient } from "../tensor.ts";
import { sum } from "./broadcasting.ts";
import { multiply, scalar, subtract } from "./elementwise.ts";
import { matmul, swapLastTwo } from "./linalg.ts";
import { softmax } from "./normalization.ts";

/**
 * softmax(q kᵀ / √d) v (Vaswani et al. 2017), head by head.
 * @param q `[..., queries, d]` @param k `[..., keys, d]` @param v `[..., keys, d]`
 */
export function attention(q: Tensor, k: Tensor, v: Tensor): Tensor {
  if (!sameShape(k.shape, v.shape) || q.shape.at(-1) !== k.shape.at(-1)) {
    throw new ShapeError(`attention: ${describe(q)} cannot look at keys ${describe(k)} and values ${describe(v)}`);
  }
  const scale = scalar(q.shape.at(-1)! ** -0.5, q.dtype);
  // Scaling the queries is less work than scaling the scores.
  const scaledQ = multiply(q, scale);
  const weights = softmax(matmul(scaledQ, swapLastTwo(k)));
  const y = matmul(weights, v);
  return withGradient(y, [q, k, v], ([dy]) => {
    // The softmax's own rule sums dP · P over the keys; that equals dy · y summed over the much fewer channels.
    const along = sum(multiply(dy!, y), [-1], true);
    const dScores = multiply(weights, subtract(matmul(dy!, swapLastTwo(v)), along));
    const dq = multiply(matmul(dScores, k), scale);
    return [dq, matmul(swapLastTwo(dScores), scaledQ), matmul(swapLastTwo(weights), dy!)];
  });
}
