/** Every half as a float, built on first use: 65,536 entries make widening a plain look-up. */
let halfTable: Float32Array | undefined;

/** IEEE 754 halves, given as their 16 bits, as floats. Exact. */
export function widenHalf(bits: Uint16Array): Float32Array {
  halfTable ??= buildHalfTable();
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = halfTable[bits[i]!]!;
  return values;
}

/** bfloat16 numbers, given as their 16 bits, as floats. Exact: they are the upper halves of floats. */
export function widenBfloat16(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return new Float32Array(words.buffer);
}

/** The nearest halves, ties to even, as their 16 bits; beyond 65,504 infinity. */
export function narrowToHalf(values: ArrayLike<number>): Uint16Array {
  const bits = new Uint16Array(values.length);
  const float = new Float32Array(1);
  const word = new Uint32Array(float.buffer);
  for (let i = 0; i < values.length; i++) {
    float[0] = values[i]!;
    const sign = (word[0]! >>> 16) & 0x8000;
    const magnitude = word[0]! & 0x7fffffff;
    if (magnitude > 0x7f800000) bits[i] = sign | 0x7e00;
    else if (magnitude >= 0x477ff000) bits[i] = sign | 0x7c00;
    else if (magnitude >= 0x38800000) bits[i] = sign | roundToEven(magnitude - 0x38000000, 13);
    else bits[i] = sign | subnormalHalf(magnitude);
  }
  return bits;
}

/** The nearest bfloat16 numbers, ties to even, as their 16 bits. */
export function narrowToBfloat16(values: ArrayLike<number>): Uint16Array {
  const bits = new Uint16Array(values.length);
  const float = new Float32Array(1);
  const word = new Uint32Array(float.buffer);
  for (let i = 0; i < values.length; i++) {
    float[0] = values[i]!;
    // Rounding a NaN could carry into infinity.
    bits[i] = Number.isNaN(float[0]) ? 0x7fc0 : roundToEven(word[0]!, 16);
  }
  return bits;
}

/** `value / 2^shift` to the nearest integer, ties to even. */
function roundToEven(value: number, shift: number): number {
  const half = 2 ** (shift - 1);
  const odd = (value >>> shift) & 1;
  return (value + half - 1 + odd) / 2 ** shift;
}

/** Below 2^-14 a half counts in steps of 2^-24. */
function subnormalHalf(magnitude: number): number {
  const exponent = magnitude >>> 23;
  if (exponent < 102) return 0;
  return roundToEven((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

function buildHalfTable(): Float32Array {
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const exponent = (bits >>> 10) & 31;
    const fraction = bits & 1023;
    let magnitude = (1 + fraction / 1024) * 2 ** (exponent - 15);
    if (exponent === 0) magnitude = fraction * 2 ** -24;
    if (exponent === 31) magnitude = fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    table[bits] = bits < 32768 ? magnitude : -magnitude;
  }
  return table;
}
