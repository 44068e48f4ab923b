/** Four photos in Chromium on WebAssembly beside Node's CPU, with two threads each: seconds and their ratio. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openModel, reconstruct } from "../src/index.ts";
import { buildPage } from "../test/browser/build-page.ts";
import { longestTask } from "../test/browser/long-tasks.ts";
import { launchChromium, openPage } from "../test/browser/open-page.ts";
import { serveFolders } from "../test/browser/serve-folder.ts";

const THREADS = 2;
const GOAL = 3;
const RUNS = 2;
const PHOTOS = resolve(import.meta.dirname, "../examples/photos");
const names = [1, 2, 3, 4].map((number) => `courtyard-${number}.jpg`);

const folder = await mkdtemp(join(tmpdir(), "dust3r-bench-"));
await buildPage(folder);
await using site = await serveFolders({ "/": folder, "/photos/": PHOTOS });
const browser = await launchChromium();
const { page, problems } = await openPage(browser, site.url);

// In turns, so that whatever else the machine does falls on both; each with its model open, and loaded once for all.
const inBrowser: number[] = [];
const inNode: number[] = [];
const urls = names.map((name) => `/photos/${name}`);
await page.evaluate(
  async (threads) => Object.assign(globalThis, { model: await dust3r.openModel({ device: "cpu", threads }) }),
  THREADS,
);
await using model = await openModel({ device: "cpu", threads: THREADS });
for (let run = 0; run < RUNS; run++) {
  inBrowser.push(
    await page.evaluate(async (urls) => {
      const start = performance.now();
      await dust3r.reconstruct(urls, { model: (globalThis as unknown as { model: never }).model });
      return (performance.now() - start) / 1000;
    }, urls),
  );
  const start = performance.now();
  await reconstruct(
    names.map((name) => join(PHOTOS, name)),
    { model },
  );
  inNode.push((performance.now() - start) / 1000);
}
const longest = await longestTask(page);
await browser.close();
await rm(folder, { recursive: true, force: true });

console.log(`4 photos, refined, ${THREADS} threads, model open; the first run builds the network's graphs`);
for (const [run, seconds] of inBrowser.entries()) {
  const ratio = seconds / inNode[run]!;
  console.log(
    `  run ${run + 1}: Chromium ${seconds.toFixed(1)} s, Node ${inNode[run]!.toFixed(1)} s, ratio ${ratio.toFixed(2)}`,
  );
}
const least = Math.min(...inBrowser) / Math.min(...inNode);
console.log(`  fastest beside fastest: ${least.toFixed(2)}; to reach: at most ${GOAL}`);
console.log(`  longest task of the page: ${longest === 0 ? "below 50" : longest.toFixed(0)} ms; to reach: at most 100`);
for (const problem of problems) console.log(`  the browser says: ${problem}`);
