import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { peakMemory } from "./environment.ts";

test("the peak of a process is its own, not that of the process which started it", () => {
  const held = Buffer.alloc(400e6, 1);
  expect(peakMemory()).toBeGreaterThan(held.length);
  const url = JSON.stringify(new URL("./environment.ts", import.meta.url).href);
  const script = `const { peakMemory } = await import(${url}); process.stdout.write(String(peakMemory()));`;
  const flags = ["--conditions=source", "--import", "tsx", "--input-type=module", "--eval", script];
  const child = Number(execFileSync(process.execPath, flags, { encoding: "utf8" }));
  expect(child).toBeGreaterThan(1e7);
  expect(child).toBeLessThan(held.length);
});
