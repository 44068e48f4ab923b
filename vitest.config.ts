import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    reporters: ["default", "./test/count-reporter.ts"],
    coverage: { include: ["src/**/*.ts"], exclude: ["src/viewer/**"], reporter: ["text-summary"] },
    // The fast ones first: files that share loaded modules, then training, whose tests replace some, then whole programs. Those
    // two wait for processes a third of their time: one file more than there are cores fills it.
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{src,web}/**/*.test.ts"],
          exclude: ["src/training/**"],
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "training", include: ["src/training/**/*.test.ts"], maxWorkers: 3, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: "program",
          include: ["test/**/*.test.ts"],
          maxWorkers: 3,
          // What hangs is stopped; a slow machine is not.
          testTimeout: 240_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
