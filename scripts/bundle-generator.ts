/** Writes `out/generator/`: `generate-raw-shards.mjs` in one file, and Node itself, stripped and compressed. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "vite";

const ROOT = resolve(import.meta.dirname, "..");
const TARGET = resolve(ROOT, "out/generator");

mkdirSync(TARGET, { recursive: true });
await build({
  root: ROOT,
  configFile: false,
  logLevel: "warn",
  resolve: { conditions: ["source"] },
  ssr: { noExternal: true, resolve: { conditions: ["source"] } },
  build: {
    ssr: resolve(ROOT, "scripts/generate-raw-shards.ts"),
    outDir: TARGET,
    emptyOutDir: false,
    target: "node20",
    minify: true,
    rolldownOptions: { output: { entryFileNames: "generate-raw-shards.mjs", codeSplitting: false } },
  },
});
const node = resolve(TARGET, "node");
copyFileSync(process.execPath, node);
execFileSync("strip", [node]);
rmSync(`${node}.xz`, { force: true });
execFileSync("xz", ["-9", node]);
for (const name of ["generate-raw-shards.mjs", "node.xz"]) {
  console.log(`${resolve(TARGET, name)}: ${(statSync(resolve(TARGET, name)).size / 1e6).toFixed(2)} MB`);
}
