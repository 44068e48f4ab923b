const NEWTON_STEPS = 2;

/** The real roots of `a x³ + b x² + c x + d`, in no order, without multiplicity; lower degrees are solved as such. */
export function solveCubic(a: number, b: number, c: number, d: number): number[] {
  if (Math.abs(a) <= Number.EPSILON * Math.max(Math.abs(b), Math.abs(c), Math.abs(d))) return solveQuadratic(b, c, d);
  const shift = b / (3 * a);
  const p = (c / a - 3 * shift * shift) / 3;
  const q = (2 * shift ** 3 - (shift * c) / a + d / a) / 2;
  return depressedRoots(p, q).map((root) => {
    let x = root - shift;
    for (let step = 0; step < NEWTON_STEPS; step++) {
      const slope = (3 * a * x + 2 * b) * x + c;
      if (slope !== 0) x -= (((a * x + b) * x + c) * x + d) / slope;
    }
    return x;
  });
}

/** The real roots of t³ + 3 p t + 2 q: Cardano's formula for one, Viète's for three. */
function depressedRoots(p: number, q: number): number[] {
  const discriminant = q * q + p * p * p;
  if (discriminant >= 0) {
    const t = -Math.sign(q) * Math.cbrt(Math.abs(q) + Math.sqrt(discriminant));
    return [t === 0 ? 0 : t - p / t];
  }
  const radius = 2 * Math.sqrt(-p);
  const angle = Math.acos(Math.max(-1, Math.min(1, (-2 * q) / radius / -p))) / 3;
  return [0, 1, 2].map((k) => radius * Math.cos(angle - (2 * Math.PI * k) / 3));
}

/** The real roots of `a x² + b x + c` without cancellation; a discriminant negative by rounding alone counts as zero. */
export function solveQuadratic(a: number, b: number, c: number): number[] {
  const discriminant = b * b - 4 * a * c;
  const rounding = 8 * Number.EPSILON * (b * b + Math.abs(4 * a * c));
  if (!(discriminant >= -rounding)) return [];
  const s = -0.5 * (b + (b < 0 ? -1 : 1) * Math.sqrt(Math.max(discriminant, 0)));
  return [s / a, c / s].filter(Number.isFinite);
}
