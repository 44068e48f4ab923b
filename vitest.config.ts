import { defineConfig } from "vitest/config";

/** Imports within the package go to its sources. */
const FROM_SOURCE = { resolve: { conditions: ["source"] }, ssr: { resolve: { conditions: ["source"] } } };

export default defineConfig({
  ...FROM_SOURCE,
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    reporters: ["default", "./test/count-reporter.ts"],
    coverage: { include: ["src/**/*.ts"], exclude: ["src/viewer/**"], reporter: ["text-summary"] },
    // What is fast comes first: a folder's own tests, then those of the whole program.
    projects: [
      { extends: true, test: { name: "unit", include: ["src/**/*.test.ts"], sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: "program", include: ["test/**/*.test.ts"], sequence: { groupOrder: 1 } } },
    ],
  },
});
