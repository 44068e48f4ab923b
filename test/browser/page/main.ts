/** A page with nothing but the library, which tests call as `dust3r`, and how long it was blocked. */
import * as dust3r from "../../../src/browser/index.ts";

const longTasks: number[] = [];
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longTasks.push(duration);
}).observe({ type: "longtask" });

Object.assign(globalThis, { dust3r, longTasks });
