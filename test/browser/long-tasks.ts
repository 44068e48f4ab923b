import type { Page } from "playwright-core";

declare global {
  /** Milliseconds of the longest task of the page since it was asked last, 0 where none took over 50. */
  var readLongestTask: () => number;
}

/** No task of the page may take longer, in milliseconds: whoever types or drags notices. */
const BEARABLE = 100;
const ATTEMPTS = 3;

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
 * The longest task of work that held the page up for `first` milliseconds, done again where that was too long: the page's own work
 * is as long each time, other programs that take the processor away are not.
 */
export async function longestEachTime(first: number, again: () => Promise<number>): Promise<number> {
  let longest = first;
  for (let attempt = 1; attempt < ATTEMPTS && longest > BEARABLE; attempt++) longest = Math.min(longest, await again());
  return longest;
}
