/** A source of uniform random numbers in [0, 1). */
export type Random = () => number;

/**
 * A small seeded generator (sfc32), equal on every platform. A string seed is hashed first, so that a test may seed
 * itself with its own name.
 */
export function seededRandom(seed: number | string): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  for (const char of String(seed)) {
    a = Math.imul(a ^ char.charCodeAt(0), 0x85ebca6b) >>> 0;
    b = Math.imul(b ^ a, 0xc2b2ae35) >>> 0;
    c = (c + b) >>> 0;
  }
  const next = (): number => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}

/** A standard normal number by the Box-Muller transform. */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** An integer in [0, bound). */
export function randomInteger(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}
