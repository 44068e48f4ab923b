import type { Benchmark } from "./benchmark.ts";
import { DATA_BENCHMARKS } from "./data-benchmarks.ts";
import { FIDELITY_BENCHMARK } from "./fidelity/fidelity-benchmark.ts";
import { PHOTOS_BENCHMARK } from "./photos/photos-benchmark.ts";
import { PROCEDURAL_BENCHMARK } from "./procedural/procedural-benchmark.ts";

/** All evaluations there are; each reads its own records, whatever they hold. */
export const BENCHMARKS: readonly Benchmark<unknown>[] = [
  PHOTOS_BENCHMARK,
  PROCEDURAL_BENCHMARK,
  FIDELITY_BENCHMARK,
  ...DATA_BENCHMARKS,
];
