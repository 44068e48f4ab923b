import { ELEMENT_TYPE } from "../onnx-proto.ts";
import { broadcastShapes } from "../shape.ts";
import { apply, constant, type ElementType, type Tensor, withGradient } from "../tensor.ts";
import { sumTo } from "./broadcasting.ts";

/** `a + b`, broadcast. */
export function add(a: Tensor, b: Tensor): Tensor {
  return apply("Add", [a, b], broadcastShapes("add", a.shape, b.shape), {
    gradient: ([dy]) => [sumTo(dy!, a.shape), sumTo(dy!, b.shape)],
  });
}

/** `a - b`, broadcast. */
export function subtract(a: Tensor, b: Tensor): Tensor {
  return apply("Sub", [a, b], broadcastShapes("subtract", a.shape, b.shape), {
    gradient: ([dy]) => [sumTo(dy!, a.shape), sumTo(negate(dy!), b.shape)],
  });
}

/** `a · b`, element by element, broadcast. */
export function multiply(a: Tensor, b: Tensor): Tensor {
  return apply("Mul", [a, b], broadcastShapes("multiply", a.shape, b.shape), {
    gradient: ([dy]) => [sumTo(multiply(dy!, b), a.shape), sumTo(multiply(dy!, a), b.shape)],
  });
}

/** `a / b`, broadcast. */
export function divide(a: Tensor, b: Tensor): Tensor {
  const y = apply("Div", [a, b], broadcastShapes("divide", a.shape, b.shape), {
    gradient: ([dy]) => {
      const da = divide(dy!, b);
      return [sumTo(da, a.shape), sumTo(negate(multiply(da, y)), b.shape)];
    },
  });
  return y;
}

/** The larger of the two, broadcast; where they are equal the gradient goes to `a`. */
export function maximum(a: Tensor, b: Tensor): Tensor {
  return apply("Max", [a, b], broadcastShapes("maximum", a.shape, b.shape), {
    gradient: ([dy]) => {
      const zero = scalar(0);
      const aLeads = apply("GreaterOrEqual", [a, b], dy!.shape, { dtype: "bool" });
      return [sumTo(where(aLeads, dy!, zero), a.shape), sumTo(where(aLeads, zero, dy!), b.shape)];
    },
  });
}

/** The smaller of the two, broadcast. */
export function minimum(a: Tensor, b: Tensor): Tensor {
  return negate(maximum(negate(a), negate(b)));
}

/** `a > b` (bool), broadcast. */
export function greater(a: Tensor, b: Tensor): Tensor {
  return apply("Greater", [a, b], broadcastShapes("greater", a.shape, b.shape), { dtype: "bool" });
}

/** `a = b` (bool), broadcast. */
export function equal(a: Tensor, b: Tensor): Tensor {
  return apply("Equal", [a, b], broadcastShapes("equal", a.shape, b.shape), { dtype: "bool" });
}

/** `yes` where `condition` (bool) holds, else `no`; all broadcast. */
export function where(condition: Tensor, yes: Tensor, no: Tensor): Tensor {
  const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", yes.shape, no.shape));
  return apply("Where", [condition, yes, no], shape, {
    dtype: yes.dtype,
    gradient: ([dy]) => [
      undefined,
      sumTo(where(condition, dy!, scalar(0)), yes.shape),
      sumTo(where(condition, scalar(0), dy!), no.shape),
    ],
  });
}

export function negate(x: Tensor): Tensor {
  return apply("Neg", [x], x.shape, { gradient: ([dy]) => [negate(dy!)] });
}

export function exp(x: Tensor): Tensor {
  const y = apply("Exp", [x], x.shape, { gradient: ([dy]) => [multiply(dy!, y)] });
  return y;
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return apply("Log", [x], x.shape, { gradient: ([dy]) => [divide(dy!, x)] });
}

/** Square root; its gradient at zero, where there is none, is taken as zero. */
export function sqrt(x: Tensor): Tensor {
  const y = apply("Sqrt", [x], x.shape, {
    gradient: ([dy]) => [where(greater(y, scalar(0)), divide(dy!, multiply(y, scalar(2))), scalar(0))],
  });
  return y;
}

export function tanh(x: Tensor): Tensor {
  const y = apply("Tanh", [x], x.shape, {
    gradient: ([dy]) => [multiply(dy!, subtract(scalar(1), multiply(y, y)))],
  });
  return y;
}

/** The logistic function. */
export function sigmoid(x: Tensor): Tensor {
  const y = apply("Sigmoid", [x], x.shape, {
    gradient: ([dy]) => [multiply(dy!, multiply(y, subtract(scalar(1), y)))],
  });
  return y;
}

export function relu(x: Tensor): Tensor {
  return apply("Relu", [x], x.shape, {
    gradient: ([dy]) => [where(greater(x, scalar(0)), dy!, scalar(0))],
  });
}

/** Exact GELU, x · Φ(x), with the error function and not its tanh approximation. */
export function gelu(x: Tensor): Tensor {
  return apply("Gelu", [x], x.shape, {
    // Φ(x) + x φ(x) = (1 + erf(u) + 2/√π u exp(-u²)) / 2 at u = x/√2
    gradient: ([dy]) => {
      const u = multiply(x, scalar(Math.SQRT1_2));
      const density = multiply(multiply(u, exp(negate(multiply(u, u)))), scalar(2 / Math.sqrt(Math.PI)));
      const half = multiply(dy!, scalar(0.5));
      return [add(half, multiply(half, add(apply("Erf", [u], x.shape), density)))];
    },
  });
}

/** exp(x) - 1 without cancellation for small x: tanh(x / 2) · (exp(x) + 1). */
export function expm1(x: Tensor): Tensor {
  const power = exp(x);
  const y = multiply(tanh(multiply(x, scalar(0.5))), add(power, scalar(1)));
  return withGradient(y, [x], ([dy]) => [multiply(dy!, power)]);
}

/** A single number, which broadcasts against anything. */
export function scalar(value: number, dtype: ElementType = "float32"): Tensor {
  return cast(constant(Float32Array.of(value), []), dtype);
}

/** The same values in another element type; a tensor that has it already is returned as it is. */
export function cast(x: Tensor, dtype: ElementType): Tensor {
  if (x.dtype === dtype) return x;
  return apply("Cast", [x], x.shape, {
    dtype,
    attributes: { to: ELEMENT_TYPE[dtype] },
    gradient: ([dy]) => [cast(dy!, x.dtype)],
  });
}
