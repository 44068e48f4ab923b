import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with the plain line that CI reads: `N passed, N failed, N skipped`. */
class CountReporter implements Reporter {
  #last = "";

  onInit(): void {
    // Coverage is printed after the end of the run, so nothing earlier would be the last line.
    process.once("exit", () => process.stdout.write(this.#last));
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        counts[state === "pending" ? "skipped" : state]++;
      }
      if (module.state() === "failed" && module.errors().length > 0) counts.failed++;
    }
    this.#last = `\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`;
  }
}

// biome-ignore lint/style/noDefaultExport: vitest loads reporters by their default export
export default CountReporter;
