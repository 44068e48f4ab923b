import type { Page } from "playwright-core";

declare global {
  /** Milliseconds of the longest task of the page since it was asked last, 0 where none took over 50. */
  var readLongestTask: () => number;
}

/** Has a page, from when it is opened, say how long it was blocked. */
export async function watchLongTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const durations: number[] = [];
    // No function has a name: compilers wrap those by helpers that the page lacks.
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) durations.push(duration);
    });
    observer.observe({ type: "longtask" });
    globalThis.readLongestTask = () => {
      for (const { duration } of observer.takeRecords()) durations.push(duration);
      return Math.max(0, ...durations.splice(0));
    };
  });
}

/** Milliseconds of the longest task of the page since it was asked last. */
export async function longestTask(page: Page): Promise<number> {
  return await page.evaluate(() => globalThis.readLongestTask());
}

/**
 * What `work` gives, and the share of its time in which the page's longest task held the page up: small where the page only hands
 * work to its workers, however slow the machine is. How many milliseconds that is, `bench/app.bench.ts` and
 * `bench/browser.bench.ts` print.
 */
export async function shareOfLongestTask<T>(
  page: Page,
  work: () => Promise<T>,
): Promise<{ readonly outcome: T; readonly share: number }> {
  await longestTask(page);
  const start = performance.now();
  const outcome = await work();
  const elapsed = performance.now() - start;
  return { outcome, share: (await longestTask(page)) / elapsed };
}
