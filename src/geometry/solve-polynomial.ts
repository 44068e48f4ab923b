const MOST_STEPS = 60;

/**
 * The real roots of c₀ + c₁ x + … + cₙ xⁿ at which it changes sign, in no order: those within ±1, and from the polynomial
 * of 1/x the others, so that no power grows.
 */
export function solvePolynomial(coefficients: ArrayLike<number>): number[] {
  const size = Math.max(...Array.from(coefficients, Math.abs));
  if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return [];
  const forward = Float64Array.from(coefficients, (c) => c / size);
  const outside = rootsWithinOne(forward.toReversed());
  return [...rootsWithinOne(forward), ...outside.filter((x) => x !== 0 && Math.abs(x) < 1).map((x) => 1 / x)];
}

/** Between two neighboring roots of its derivative a polynomial has at most one root: from the linear one upward. */
function rootsWithinOne(coefficients: Float64Array): number[] {
  const degree = coefficients.length - 1;
  let roots: number[] = [];
  for (let order = degree - 1; order >= 0; order--) {
    const derivative = scaledDerivative(coefficients, order);
    const found: number[] = [];
    let [start, valueAtStart] = [-1, evaluate(derivative, -1)];
    for (let i = 0; i <= roots.length; i++) {
      const end = i < roots.length ? roots[i]! : 1;
      const valueAtEnd = evaluate(derivative, end);
      if (valueAtStart === 0) found.push(start);
      else if (valueAtStart * valueAtEnd < 0) found.push(rootBetween(derivative, start, end));
      [start, valueAtStart] = [end, valueAtEnd];
    }
    if (valueAtStart === 0) found.push(start);
    roots = found;
  }
  return roots;
}

/** The derivative of this order over the factorial of it: coefficients stay of the size they had. */
function scaledDerivative(coefficients: Float64Array, order: number): Float64Array {
  const derivative = coefficients.slice(order);
  let binomial = 1;
  for (let k = 0; k < derivative.length; k++) {
    derivative[k]! *= binomial;
    binomial *= (order + k + 1) / (k + 1);
  }
  return derivative;
}

/** The root between two places where the signs differ: Newton's method, halving wherever it would leave or linger. */
function rootBetween(coefficients: Float64Array, from: number, to: number): number {
  let [low, high] = evaluate(coefficients, from) < 0 ? [from, to] : [to, from];
  let x = (low + high) / 2;
  let width = Math.abs(high - low);
  for (let step = 0; step < MOST_STEPS; step++) {
    let value = 0;
    let slope = 0;
    for (let k = coefficients.length - 1; k >= 0; k--) {
      slope = slope * x + value;
      value = value * x + coefficients[k]!;
    }
    if (value === 0) return x;
    if (value < 0) low = x;
    else high = x;
    const newton = value / slope;
    const inside = (x - newton - low) * (x - newton - high) < 0 && Math.abs(newton) < width / 2;
    const next = inside ? x - newton : (low + high) / 2;
    width = Math.abs(next - x);
    x = next;
    if (width <= 2 * Number.EPSILON * Math.abs(x)) return x;
  }
  return x;
}

function evaluate(coefficients: Float64Array, x: number): number {
  let value = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) value = value * x + coefficients[k]!;
  return value;
}
