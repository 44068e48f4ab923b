import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Gives the float32 tensor of a parameter by its official name. The shape has the parameter's element count but may
 * differ from the checkpoint's: a patch embedding's `[dim, 3, p, p]` kernel is read as a matrix `[dim, 3 p²]`.
 */
export type ParameterSource = (name: string, shape: Shape) => Tensor;
