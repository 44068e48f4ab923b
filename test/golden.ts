import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "vitest";

/** Numbers of one tensor, widened to float32. */
export interface Golden {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A recorded file of `test/fixtures/`, read by a reader of its own so that it depends on nothing under test. */
export function readGoldens(name: string): (tensor: string) => Golden {
  const bytes = readFileSync(resolve(import.meta.dirname, "fixtures", name));
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + headerLength));
  return (tensor) => {
    const entry = header[tensor];
    if (entry === undefined) throw new Error(`${name} has no ${tensor}`);
    const [start, end] = entry.data_offsets;
    const raw = Uint8Array.from(bytes.subarray(8 + headerLength + start, 8 + headerLength + end)).buffer;
    return { shape: entry.shape, data: widen(entry.dtype, raw) };
  };
}

/** The names in a recorded file. */
export function goldenNames(name: string): readonly string[] {
  const bytes = readFileSync(resolve(import.meta.dirname, "fixtures", name));
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + Number(bytes.readBigUInt64LE(0))));
  return Object.keys(header).filter((key) => key !== "__metadata__");
}

function widen(dtype: string, raw: ArrayBuffer): Float32Array {
  if (dtype === "F32") return new Float32Array(raw);
  if (dtype === "I64") return Float32Array.from(new BigInt64Array(raw), Number);
  if (dtype === "U8" || dtype === "BOOL") return Float32Array.from(new Uint8Array(raw));
  if (dtype === "F16") return Float32Array.from(new Uint16Array(raw), halfToFloat);
  throw new Error(`no reader for ${dtype}`);
}

function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Every element within `absolute + relative · |expected|`; reports the worst one. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute = 2e-5, relative = 2e-4, name = "" }: { absolute?: number; relative?: number; name?: string } = {},
): void {
  expect(actual.length).toBe(expected.length);
  let worst = { excess: Number.NEGATIVE_INFINITY, at: -1 };
  for (let i = 0; i < expected.length; i++) {
    const excess = Math.abs(actual[i]! - expected[i]!) - absolute - relative * Math.abs(expected[i]!);
    if (!(excess <= worst.excess)) worst = { excess, at: i };
  }
  const { at } = worst;
  if (!(worst.excess <= 0)) expect.fail(`${name} element ${at}: ${actual[at]} instead of ${expected[at]}`);
}

/** As `expectClose`, each coordinate relative to the length of its point: `[..., 3]`. */
export function expectPointsClose(actual: ArrayLike<number>, expected: ArrayLike<number>, name = ""): void {
  const length = (i: number) => Math.hypot(...[0, 1, 2].map((axis) => expected[i - (i % 3) + axis]!));
  const scaled = (values: ArrayLike<number>) =>
    Float64Array.from({ length: values.length }, (_, i) => values[i]! / (length(i) + 0.1));
  expectClose(scaled(actual), scaled(expected), { absolute: 2e-4, relative: 0, name });
}
