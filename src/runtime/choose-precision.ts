import { CapabilityError } from "../core/errors.ts";
import type { ConcreteDevice, ConcretePrecision, Precision } from "./device.ts";
import type { Int8Report } from "./int8-probe.ts";

/** What decides the precision. */
export interface PrecisionFacts {
  readonly device: ConcreteDevice;
  /** Undefined where 8-bit products are not used. */
  readonly int8: Int8Report | undefined;
  /** Bytes of the network's weights. */
  readonly weightsBytes: number;
}

/** A precision, and why it was taken. */
export interface PrecisionChoice {
  readonly dtype: ConcretePrecision;
  readonly reason: string;
}

/** `auto` leaves smaller networks alone: a pair takes them less than a tenth of a second either way. */
const LARGE_BYTES = 256e6;

/** Below it a smaller error is worth more. */
const LEAST_SPEEDUP = 1.5;

/** Resolves `auto` or `q8`. Throws a `CapabilityError` with the reason where `q8` was asked for and cannot be. */
export function choosePrecision(asked: "auto" | "q8", facts: PrecisionFacts): PrecisionChoice {
  const problem = int8Problem(facts);
  if (asked === "q8") {
    if (problem === undefined) return { dtype: "q8", reason: "asked for" };
    throw new CapabilityError(`dtype q8 cannot be used: ${problem}; use dtype fp32`, { remedies: ["dtype"] });
  }
  if (problem !== undefined) return { dtype: "fp32", reason: problem };
  const { int8, weightsBytes } = facts;
  const factor = int8!.speedup.toFixed(1);
  if (weightsBytes < LARGE_BYTES) return { dtype: "fp32", reason: "the network is small" };
  if (int8!.speedup < LEAST_SPEEDUP)
    return { dtype: "fp32", reason: `8-bit products are ${factor} times as fast here` };
  return { dtype: "q8", reason: `8-bit products are exact and ${factor} times as fast here` };
}

/** True where a precision needs no choice. */
export function isConcrete(dtype: Precision): dtype is "fp32" | "fp16" {
  return dtype === "fp32" || dtype === "fp16";
}

function int8Problem({ device, int8 }: PrecisionFacts): string | undefined {
  if (int8 === undefined) return "8-bit products are not used in browsers";
  if (device !== "cpu") return `8-bit products run on the CPU, and the network is on ${device}`;
  if (!int8.exact) return "sums of 8-bit products saturate on this processor, which has no VNNI instructions";
  return undefined;
}
