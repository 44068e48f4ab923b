import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const EXAMPLES = resolve(import.meta.dirname, "../examples");
const folder = mkdtempSync(join(tmpdir(), "dust3r-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What each example says, among other things. */
const SAYS: Readonly<Record<string, readonly RegExp[]>> = {
  "cancel-and-resume.js": [
    /the first run was canceled/,
    /took over [1-9]\d* pairs/,
    /as it should be: no-such-photo\.jpg/,
  ],
  "localize.js": [/courtyard-4\.jpg(: \d+ inliers| was not located)/, /[34] of 4 photos are in the scene/],
  "measure.js": [/the scene is in metres/, /known: 3 m, in the scene \d\.\d\d m/],
  "one-model.js": [/\d+ matches; the most confident/, /courtyard-1\.jpg: \d+ px/, /\d+ % of the pixels agree/],
  "reconstruct.js": [/courtyard-1\.jpg f = \d+\.\d px at 0\.00 0\.00 0\.00/, /wrote 2\d files/],
};

test("every example is run here, and short", () => {
  const files = readdirSync(EXAMPLES).filter((file) => file.endsWith(".js"));
  expect(files.sort()).toEqual(Object.keys(SAYS));
  for (const file of files)
    expect(readFileSync(join(EXAMPLES, file), "utf8").split("\n").length).toBeLessThanOrEqual(41);
});

test.each(Object.entries(SAYS))("%s", { timeout: 120_000 }, async (file, says) => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(EXAMPLES, file)], { cwd: folder });
  for (const line of says) expect(stdout).toMatch(line);
});
