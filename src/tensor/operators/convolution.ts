import { ShapeError, sameShape } from "../shape.ts";
import { apply, describe, int64, type Tensor } from "../tensor.ts";
import { reshape, sum } from "./broadcasting.ts";
import { add } from "./elementwise.ts";
import { matmul } from "./linalg.ts";
import { pad, transpose } from "./movement.ts";

/** How a convolution walks over its image. */
export interface ConvolutionOptions {
  readonly stride: number;
  /** Zeros around the image, on every side. */
  readonly padding: number;
}

/**
 * Two-dimensional convolution: x `[batch, in, height, width]`, weight `[out, in, kernel, kernel]`, bias `[out]` or none.
 */
export function conv2d(x: Tensor, weight: Tensor, bias: Tensor | undefined, options: ConvolutionOptions): Tensor {
  const { stride, padding } = options;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [out, weightChannels, kernel] = weight.shape as [number, number, number, number];
  const fits = x.shape.length === 4 && weight.shape.length === 4 && channels === weightChannels;
  if (!fits || (bias !== undefined && !sameShape(bias.shape, [out]))) {
    throw new ShapeError(
      `conv2d: ${describe(x)} needs a weight [out, ${channels}, k, k] and a bias [out] or none, ` +
        `got ${describe(weight)} and ${bias === undefined ? "none" : describe(bias)}`,
    );
  }
  const steps = (size: number) => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const shape = [batch, out, steps(height), steps(width)];
  return apply("Conv", bias === undefined ? [x, weight] : [x, weight, bias], shape, {
    attributes: {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    },
    gradient: ([dy]) => [
      inputGradient(dy!, weight, x, options),
      weightGradient(dy!, weight, x, options),
      bias === undefined ? undefined : sum(dy!, [0, 2, 3]),
    ],
  });
}

/**
 * Transposed convolution whose stride is its kernel: every pixel of x `[batch, in, height, width]` becomes kernel² pixels
 * of its own. Weight `[in, out, kernel, kernel]`, bias `[out]`. Nothing overlaps, so it is one matrix product.
 */
export function convTransposeBlocks(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [weightChannels, out, kernel] = weight.shape as [number, number, number, number];
  if (x.shape.length !== 4 || weight.shape.length !== 4 || channels !== weightChannels || bias.shape[0] !== out) {
    throw new ShapeError(
      `convTransposeBlocks: ${describe(x)} needs a weight [${channels}, out, k, k] and a bias [out], ` +
        `got ${describe(weight)} and ${describe(bias)}`,
    );
  }
  const pixels = reshape(transpose(x, [0, 2, 3, 1]), [batch * height * width, channels]);
  const products = matmul(pixels, reshape(weight, [channels, out * kernel * kernel]));
  const blocks = transpose(reshape(products, [batch, height, width, out, kernel, kernel]), [0, 3, 1, 4, 2, 5]);
  return add(reshape(blocks, [batch, out, height * kernel, width * kernel]), reshape(bias, [out, 1, 1]));
}

function inputGradient(dy: Tensor, weight: Tensor, x: Tensor, { stride, padding }: ConvolutionOptions): Tensor {
  const kernel = weight.shape[2]!;
  // Rows and columns that no window reached come back as output padding.
  const rest = [2, 3].map((axis) => x.shape[axis]! - ((dy.shape[axis]! - 1) * stride - 2 * padding + kernel));
  return apply("ConvTranspose", [dy, weight], x.shape, {
    attributes: {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
      output_padding: rest,
    },
  });
}

/** One matrix product per kernel position: much faster on CPU than a convolution with exchanged roles. */
function weightGradient(dy: Tensor, weight: Tensor, x: Tensor, { stride, padding }: ConvolutionOptions): Tensor {
  const [out, channels, kernel] = weight.shape as [number, number, number, number];
  const [batch, , rows, columns] = dy.shape as [number, number, number, number];
  const padded = pad(x, [0, 0, padding, padding], [0, 0, padding, padding]);
  const pixels = batch * rows * columns;
  const dyRows = reshape(transpose(dy, [0, 2, 3, 1]), [pixels, out]);
  const products: Tensor[] = [];
  for (let row = 0; row < kernel; row++) {
    for (let column = 0; column < kernel; column++) {
      const window = apply(
        "Slice",
        [
          padded,
          int64([row, column]),
          int64([row + (rows - 1) * stride + 1, column + (columns - 1) * stride + 1]),
          int64([2, 3]),
          int64([stride, stride]),
        ],
        [batch, channels, rows, columns],
      );
      const xRows = reshape(transpose(window, [0, 2, 3, 1]), [pixels, channels]);
      const product = apply("Gemm", [dyRows, xRows], [out, channels], { attributes: { transA: 1 } });
      products.push(reshape(product, [out, channels, 1]));
    }
  }
  const joined = apply("Concat", products, [out, channels, kernel * kernel], { attributes: { axis: 2 } });
  return reshape(joined, weight.shape);
}
