const MOST_STEPS = 60;

/** Room for the roots of a derivative and of the one before, and for its coefficients; minimal solvers ask thousands of times. */
let room = roomFor(10);

function roomFor(degree: number) {
  const list = () => new Float64Array(degree + 1);
  return { degree, forward: list(), backward: list(), derivative: list(), roots: list(), next: list() };
}

/**
 * The real roots of c₀ + c₁ x + … + cₙ xⁿ at which it changes sign, in no order: those within ±1, and from the polynomial
 * of 1/x the others, so that no power grows.
 */
export function solvePolynomial(coefficients: ArrayLike<number>): number[] {
  const degree = coefficients.length - 1;
  let size = 0;
  for (let k = 0; k <= degree; k++) {
    const absolute = Math.abs(coefficients[k]!);
    if (!(absolute <= size)) size = absolute;
  }
  if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return [];
  if (room.degree < degree) room = roomFor(degree);
  const { forward, backward } = room;
  for (let k = 0; k <= degree; k++) {
    forward[k] = coefficients[k]! / size;
    backward[degree - k] = forward[k]!;
  }
  const solutions: number[] = [];
  let count = rootsWithinOne(forward, degree);
  for (let i = 0; i < count; i++) solutions.push(room.roots[i]!);
  count = rootsWithinOne(backward, degree);
  for (let i = 0; i < count; i++) {
    const inverse = room.roots[i]!;
    if (inverse !== 0 && Math.abs(inverse) < 1) solutions.push(1 / inverse);
  }
  return solutions;
}

/**
 * Leaves them in `room.roots`, and returns how many there are. Between two neighboring roots of its derivative a polynomial
 * has at most one root: from the linear one upward.
 */
function rootsWithinOne(coefficients: Float64Array, degree: number): number {
  const { derivative } = room;
  let count = 0;
  for (let order = degree - 1; order >= 0; order--) {
    fillDerivative(derivative, coefficients, degree, order);
    const { roots, next } = room;
    let found = 0;
    let start = -1;
    let valueAtStart = evaluate(derivative, degree - order, -1);
    for (let i = 0; i <= count; i++) {
      const end = i < count ? roots[i]! : 1;
      const valueAtEnd = evaluate(derivative, degree - order, end);
      if (valueAtStart === 0) next[found++] = start;
      else if (valueAtStart * valueAtEnd < 0) next[found++] = rootBetween(derivative, degree - order, start, end);
      start = end;
      valueAtStart = valueAtEnd;
    }
    if (valueAtStart === 0) next[found++] = start;
    room.roots = next;
    room.next = roots;
    count = found;
  }
  return count;
}

/** The derivative of this order over the factorial of it: coefficients stay of the size they had. */
function fillDerivative(derivative: Float64Array, coefficients: Float64Array, degree: number, order: number): void {
  let binomial = 1;
  for (let k = 0; k <= degree - order; k++) {
    derivative[k] = coefficients[order + k]! * binomial;
    binomial *= (order + k + 1) / (k + 1);
  }
}

/** The root between two places where the signs differ: Newton's method, halving wherever it would leave or linger. */
function rootBetween(coefficients: Float64Array, degree: number, from: number, to: number): number {
  const rises = evaluate(coefficients, degree, from) < 0;
  let low = rises ? from : to;
  let high = rises ? to : from;
  let x = (low + high) / 2;
  let width = Math.abs(high - low);
  for (let step = 0; step < MOST_STEPS; step++) {
    let value = 0;
    let slope = 0;
    for (let k = degree; k >= 0; k--) {
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

function evaluate(coefficients: Float64Array, degree: number, x: number): number {
  let value = 0;
  for (let k = degree; k >= 0; k--) value = value * x + coefficients[k]!;
  return value;
}
