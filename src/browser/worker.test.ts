import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SRC = join(import.meta.dirname, "..");
/** Folders whose workers no page starts. */
const OTHERS = /^(training|procedural|datasets|evaluation|cli|browser|serve|cluster)\//;

test("every worker that the pipeline starts has its module in the one script of workers", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
  const workers = files.filter((file) => /-worker\.ts$/.test(file) && !OTHERS.test(file));
  const script = readFileSync(join(SRC, "browser/worker.ts"), "utf8");
  expect(workers.length).toBeGreaterThan(2);
  for (const file of workers)
    expect(script).toContain(`"${file.split("/").at(-1)!.slice(0, -3)}": () => import("../${file}")`);
});
