import { expect, test } from "vitest";
import { DATA_BENCHMARK_HELP, evalCommand } from "../cli/commands/eval.ts";
import { BENCHMARKS } from "./benchmarks.ts";
import { DATA_BENCHMARKS } from "./data-benchmarks.ts";

test("the command line knows every benchmark, and no others", () => {
  const names = DATA_BENCHMARKS.map(({ name }) => name);
  expect(Object.keys(DATA_BENCHMARK_HELP).sort()).toEqual(names.toSorted());
  expect(
    evalCommand()
      .commands.map((command) => command.name())
      .sort(),
  ).toEqual([...BENCHMARKS.map(({ name }) => name), "merge", "compare"].sort());
});

test("names are unique, and every benchmark says how it measures", () => {
  expect(new Set(BENCHMARKS.map(({ name }) => name)).size).toBe(BENCHMARKS.length);
  for (const { protocol } of BENCHMARKS) expect(protocol.length).toBeGreaterThan(2);
});

test("nothing measured is a table without figures, not an error", () => {
  for (const benchmark of BENCHMARKS) {
    for (const { header, rows } of benchmark.summarize([]).tables) {
      for (const row of rows) expect(row.length, benchmark.name).toBe(header.length);
    }
  }
});
